"""A healthy Tesla T4 with Debian's driver 550."""

from __future__ import annotations

UUID = "GPU-b6d7f0d2-f61d-5b76-a6f2-caf756d6dea5"
BUS = "0000:18:00.0"

GPU_XML = f"""\
<gpu id="00000000:18:00.0">
  <product_name>Tesla T4</product_name>
  <persistence_mode>Enabled</persistence_mode>
  <mig_mode><current_mig>N/A</current_mig><pending_mig>N/A</pending_mig></mig_mode>
  <mig_devices>
    None
  </mig_devices>
  <serial>1561122009381</serial>
  <uuid>{UUID}</uuid>
  <gpu_recovery_action>None</gpu_recovery_action>
  <pci><pci_bus_id>00000000:18:00.0</pci_bus_id><pci_gpu_link_info><link_widths>
    <max_link_width>16x</max_link_width><current_link_width>16x</current_link_width>
  </link_widths></pci_gpu_link_info></pci>
  <clocks_event_reasons>
    <clocks_event_reason_gpu_idle>Active</clocks_event_reason_gpu_idle>
    <clocks_event_reason_hw_slowdown>Not Active</clocks_event_reason_hw_slowdown>
    <clocks_event_reason_hw_thermal_slowdown>Not Active</clocks_event_reason_hw_thermal_slowdown>
    <clocks_event_reason_hw_power_brake_slowdown>Not Active</clocks_event_reason_hw_power_brake_slowdown>
  </clocks_event_reasons>
  <compute_mode>Default</compute_mode>
  <ecc_mode><current_ecc>Enabled</current_ecc><pending_ecc>Enabled</pending_ecc></ecc_mode>
  <ecc_errors><volatile>
    <sram_correctable>0</sram_correctable><sram_uncorrectable>0</sram_uncorrectable>
    <dram_correctable>0</dram_correctable><dram_uncorrectable>0</dram_uncorrectable>
  </volatile></ecc_errors>
  <remapped_rows>
    <remapped_row_pending>No</remapped_row_pending><remapped_row_failure>No</remapped_row_failure>
  </remapped_rows>
  <fabric><state>N/A</state><status>N/A</status></fabric>
  <processes>
    <process_info><pid>812</pid><process_name>/home/ada/train.py</process_name></process_info>
  </processes>
</gpu>
"""


def smi(*gpus: str) -> str:
    return (
        'answers\n<?xml version="1.0" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd">\n<nvidia_smi_log>\n'
        "<driver_version>550.163.01</driver_version><cuda_version>12.4</cuda_version>\n"
        f"{''.join(gpus)}</nvidia_smi_log>\n"
    )


SMI = smi(GPU_XML)

KERNEL = "6.12.0-1-cloud-amd64"
SETUP = f"""\
blacklisted
modinfo
module version 550.163.01
module license NVIDIA
module vermagic {KERNEL} SMP preempt mod_unload modversions
module signer DKMS module signing key
kernel {KERNEL}
headers {KERNEL}
module_for {KERNEL}
dkms built /var/lib/dkms/nvidia-current/550.163.01
secure_boot 0
node /dev/nvidia0 666
node /dev/nvidiactl 666
node /dev/nvidia-uvm 666
node /dev/nvidia-uvm-tools 666
devchar
nvidia-modprobe
library /usr/lib/x86_64-linux-gnu/nvidia/current/libnvidia-ml.so.550.163.01
unit nvidia-persistenced active
"""
LOG = (
    "[    0.000000] Linux version 6.12.0-1-cloud-amd64\n"
    "[    4.100000] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  550.163.01  Fri Apr 18 20:15:00 UTC 2025\n"
)
AT_PCI = f"function {BUS} 0x030200 0x1eb8 nvidia DMA-FQ\nfunction 0000:18:00.1 0x040300 0x10f9 snd_hda_intel DMA-FQ\n"

READY = {"pci_bus": AT_PCI, "driver_setup": SETUP, "kernel_log": LOG, "nvlink": ""}
FRESH = {
    "pci_bus": "",
    "driver_setup": f"modinfo\nkernel {KERNEL}\nheaders {KERNEL}\nsecure_boot 0\n",
    "kernel_log": "",
    "nvlink": "",
}
