"""What a profile looks like from inside a host: the files that its stand-ins read. Pure text."""

from __future__ import annotations

from collections.abc import Iterator

from lab.gpu.profiles import CLASS_3D_CONTROLLER, NVIDIA_VENDOR, Gpu, Profile

NOTICE = "gpudock lab stand-in, not a GPU"


def bus_files(profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of the PCI bus as sysfs shows it."""
    for gpu in profile.gpus:
        place = f"pci/{gpu.bus_id}"
        yield f"{place}/vendor", f"{NVIDIA_VENDOR}\n"
        yield f"{place}/device", f"{profile.pci_device}\n"
        yield f"{place}/class", f"{CLASS_3D_CONTROLLER}\n"
        yield f"{place}/subsystem_vendor", f"{NVIDIA_VENDOR}\n"
        yield f"{place}/subsystem_device", f"{profile.subsystem_device}\n"


def driver_files(profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield (path, text) of the loaded driver: /proc/driver/nvidia, and the answers of nvidia-smi."""
    yield "driver/version", proc_version(profile)
    yield "minors", "".join(f"{gpu.minor}\n" for gpu in profile.gpus)
    yield "smi/versions", f"driver={profile.driver}\ncuda={profile.cuda}\n"
    for gpu in profile.gpus:
        yield f"driver/gpus/{gpu.bus_id}/information", proc_information(profile, gpu)
        yield f"smi/{gpu.minor}.fields", query_fields(profile, gpu)
        yield f"smi/{gpu.minor}.xml", query_xml(profile, gpu)
        yield f"smi/{gpu.minor}.table", table_row(profile, gpu)


def proc_version(profile: Profile) -> str:
    """Render /proc/driver/nvidia/version, whose first line differs between the two kinds of kernel modules."""
    if profile.has_open_modules:
        kind = f"NVIDIA UNIX Open Kernel Module for x86_64  {profile.driver}  Release Build"
    else:
        kind = f"NVIDIA UNIX x86_64 Kernel Module  {profile.driver}"
    return f"NVRM version: {kind}  ({NOTICE})\nGCC version:  none\n"


def proc_information(profile: Profile, gpu: Gpu) -> str:
    """Render /proc/driver/nvidia/gpus/*/information."""
    return (
        f"Model: \t\t {profile.product}\n"
        f"GPU UUID: \t {gpu.uuid}\n"
        f"Bus Location: \t {gpu.bus_id}\n"
        f"Device Minor: \t {gpu.minor}\n"
    )


def query_fields(profile: Profile, gpu: Gpu) -> str:
    """Render what `nvidia-smi --query-gpu` can be asked for, one `field=value` a line (`index` is counted)."""
    values = {
        "uuid": gpu.uuid,
        "name": profile.product,
        "driver_version": profile.driver,
        "count": str(profile.count),
        "memory.total": f"{profile.memory} MiB",
        "memory.used": "0 MiB",
        "memory.free": f"{profile.memory} MiB",
        "utilization.gpu": "0 %",
        "temperature.gpu": "30",
        "pci.bus_id": smi_bus_id(gpu),
        "compute_cap": profile.compute_capability,
        "compute_mode": "Default",
        "persistence_mode": "Enabled",
        "mig.mode.current": f"[{profile.mig_mode}]" if profile.mig_mode == "N/A" else profile.mig_mode,
        "ecc.mode.current": "Enabled",
    }
    return "".join(f"{field}={value}\n" for field, value in values.items())


def smi_bus_id(gpu: Gpu) -> str:
    """Return the bus id as nvidia-smi writes it: eight digits of domain, upper case."""
    return f"0000{gpu.bus_id}".upper()


def table_row(profile: Profile, gpu: Gpu) -> str:
    """Render the row of one GPU in the plain table; `@index@` is filled in on the host."""
    return (
        f"| @index@  {profile.product:<30} On  |   {smi_bus_id(gpu)} Off |{0:>21} |\n"
        f"| N/A   30C    P8             10W /   70W |{f'0MiB / {profile.memory:>6}MiB':>23} |"
        f"{'0%      Default':>21} |\n"
        f"|{'':41}|{'':24}|{profile.mig_mode:>21} |\n"
    )


def query_xml(profile: Profile, gpu: Gpu) -> str:
    """Render the <gpu> element of `nvidia-smi -q -x`, with the elements that tools ask for."""
    domain, bus, rest = smi_bus_id(gpu).split(":")
    device = rest.split(".")[0]
    return f"""\t<gpu id="{smi_bus_id(gpu)}">
\t\t<product_name>{profile.product}</product_name>
\t\t<product_architecture>{profile.architecture}</product_architecture>
\t\t<persistence_mode>Enabled</persistence_mode>
\t\t<mig_mode>
\t\t\t<current_mig>{profile.mig_mode}</current_mig>
\t\t\t<pending_mig>{profile.mig_mode}</pending_mig>
\t\t</mig_mode>
\t\t<uuid>{gpu.uuid}</uuid>
\t\t<minor_number>{gpu.minor}</minor_number>
\t\t<pci>
\t\t\t<pci_bus>{bus}</pci_bus>
\t\t\t<pci_device>{device}</pci_device>
\t\t\t<pci_domain>{domain[-4:]}</pci_domain>
\t\t\t<pci_device_id>{profile.pci_device[2:].upper()}{NVIDIA_VENDOR[2:].upper()}</pci_device_id>
\t\t\t<pci_bus_id>{smi_bus_id(gpu)}</pci_bus_id>
\t\t</pci>
\t\t<fb_memory_usage>
\t\t\t<total>{profile.memory} MiB</total>
\t\t\t<used>0 MiB</used>
\t\t\t<free>{profile.memory} MiB</free>
\t\t</fb_memory_usage>
{GOOD_HEALTH}\t</gpu>
"""


GOOD_HEALTH = """\t\t<compute_mode>Default</compute_mode>
\t\t<ecc_mode>
\t\t\t<current_ecc>Enabled</current_ecc>
\t\t\t<pending_ecc>Enabled</pending_ecc>
\t\t</ecc_mode>
\t\t<ecc_errors>
\t\t\t<volatile>
\t\t\t\t<sram_correctable>0</sram_correctable>
\t\t\t\t<sram_uncorrectable>0</sram_uncorrectable>
\t\t\t\t<dram_correctable>0</dram_correctable>
\t\t\t\t<dram_uncorrectable>0</dram_uncorrectable>
\t\t\t</volatile>
\t\t</ecc_errors>
\t\t<temperature>
\t\t\t<gpu_temp>30 C</gpu_temp>
\t\t</temperature>
"""
