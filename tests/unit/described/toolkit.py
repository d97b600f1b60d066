"""The toolkit 1.20 as the daemon finds it, with the CDI specification that it wrote for driver 550."""

from __future__ import annotations

LIBRARY = "/usr/lib/x86_64-linux-gnu"
WIRING = f"""\
path_known yes
hook nvidia-container-runtime-hook /usr/bin/nvidia-container-runtime-hook
hook nvidia-cdi-hook /usr/bin/nvidia-cdi-hook
runtime nvidia-container-runtime yes
library libnvidia-ml.so.1 {LIBRARY}/libnvidia-ml.so.550.163.01
library libcuda.so.1 {LIBRARY}/libcuda.so.550.163.01
devchar 0
selinux {""}
config yes
toml [nvidia-container-cli]
toml [nvidia-container-runtime]
toml mode = "auto"
"""
SPECS = f"""\
spec /var/run/cdi/nvidia.yaml
version 0.5.0
major 510 /dev/nvidia-uvm
library {LIBRARY}/libcuda.so.550.163.01
uvm 510
node /dev/nvidia0 c3
node /dev/nvidia-uvm 1fe
"""
READY = {"toolkit_wiring": WIRING, "cdi_specs": SPECS}
FRESH = {"toolkit_wiring": "devchar 0\nselinux \n", "cdi_specs": ""}
