"""For each critical check a host on which just that is broken, as what its probes answer there."""

from __future__ import annotations

from collections.abc import Mapping

from tests.unit.checks.container_lines import by_gpus
from tests.unit.checks.test_cdi_checks import NO_SPEC
from tests.unit.checks.test_driver import (
    GSP,
    MANAGED,
    NO_DEVICES,
    NO_MODULE,
    NOT_LOADED,
    NOTHING,
    OPEN_ONLY,
    SWITCHES,
    USES_HMM,
)
from tests.unit.checks.test_engine_checks import FLAGS, HOSTS, down
from tests.unit.checks.test_existing_containers import NEWER
from tests.unit.checks.test_gpu_health import FELL, NO_RECOVERY, TWO, saying, xid
from tests.unit.checks.test_host_checks import FEDORA
from tests.unit.checks.test_registry_checks import LATE, answer
from tests.unit.checks.test_toolkit_checks import BARE
from tests.unit.described.containers import HOST_IMAGE, IMAGE
from tests.unit.described.gpu import AT_PCI, LOG, SETUP, SMI
from tests.unit.described.toolkit import SPECS, WIRING
from tests.unit.described_host import FRESH, INFO, READY, STARTED_EPOCH, TOOLKIT, daemon_json

CDI_ON = daemon_json('{"features": {"cdi": true}, "runtimes": {"nvidia": {"path": "nvidia-container-runtime"}}}')
MIG = "<current_mig>N/A</current_mig><pending_mig>N/A"

SOUND: Mapping[str, Mapping[str, str]] = {
    "ctr.cudareq": {"containers": by_gpus("train")},
    "ctr.lost": {"containers": by_gpus("train"), "gpu_containers": "0 train GPU 0\n"},
    "drv.fabric": MANAGED,
    "drv.hmm": {"gpus": USES_HMM},
    "gpu.mig": saying(MIG, "<current_mig>Disabled</current_mig><pending_mig>Disabled"),
}
"""What the checks that have nothing to say of the healthy host pass on."""

FAULTS: Mapping[str, Mapping[str, str]] = {
    "os.platform": {"operating_system": FEDORA},
    "os.overcommit": {"host_state": "overcommit 2\nCommitLimit 900\nCommitted_AS 800\nrefused 0\n"},
    "os.clock": answer(LATE),
    "gpu.pci": {"gpus_on_bus": "", "pci_bus": ""},
    "gpu.bound": {**NOT_LOADED, "pci_bus": AT_PCI.replace("nvidia", "vfio-pci")},
    "gpu.count": {**TWO, "gpus": SMI},
    "gpu.xid": {**xid(95), "gpus": NO_RECOVERY},
    "gpu.offbus": {**TWO, "gpus": SMI, "kernel_log": LOG + FELL},
    "gpu.ecc": saying("<dram_uncorrectable>0", "<dram_uncorrectable>2"),
    "gpu.remap": saying("<remapped_row_failure>No", "<remapped_row_failure>Yes"),
    "gpu.mig": saying(MIG, "<current_mig>Disabled</current_mig><pending_mig>Enabled"),
    "gpu.recovery": saying("<gpu_recovery_action>None", "<gpu_recovery_action>Reset"),
    "drv.installed": NOTHING,
    "drv.nouveau": {
        **NOT_LOADED,
        "pci_bus": AT_PCI.replace("nvidia", "nouveau"),
        "driver_setup": "nouveau\n" + SETUP,
    },
    "drv.built": {**NOT_LOADED, "driver_setup": NO_MODULE},
    "drv.secureboot": {
        **NOT_LOADED,
        "driver_setup": SETUP.replace("secure_boot 0", "secure_boot 1"),
        "kernel_log": LOG + "Loading of module with unavailable key is rejected\n",
    },
    "drv.loaded": NOT_LOADED,
    "drv.flavour": {"kernel_log": LOG + OPEN_ONLY, "gpus": NO_DEVICES},
    "drv.rminit": {"kernel_log": LOG + GSP, "gpus": NO_DEVICES},
    "drv.match": {"driver_setup": SETUP.replace("so.550.163.01", "so.570.124.06")},
    "drv.nodes": {"driver_setup": SETUP.replace("node /dev/nvidia-uvm 666\n", "")},
    "drv.fabric": {"pci_bus": SWITCHES},
    "drv.hmm": {"gpus": USES_HMM, "host_image": HOST_IMAGE.replace("cuda 0 1", "cuda 3 0")},
    "smi.answers": {"gpus": "complains\nGPU is lost\n"},
    "dk.snap": {"tenants": "snap docker\n"},
    "dk.installed": {
        "engine_programs": FRESH["engine_programs"],
        "units": FRESH["units"],
        "daemon": "missing\n",
    },
    "dk.json": daemon_json('{\n "debug": true,\n}'),
    "dk.flags": {**daemon_json(HOSTS), "daemon_flags": FLAGS},
    "dk.disk": {"docker_room": READY["docker_room"].replace("99999999", "4096")},
    "dk.running": down(),
    "dk.socket": {"login": READY["login"].replace(",990(docker)", "").replace(":admin", ":")},
    "dk.forward": {"engine_links": READY["engine_links"].replace("forward 1\n", "forward 0\n")},
    "dk.iptables": {"engine_links": READY["engine_links"].replace("chain nat\n", "")},
    "ctk.installed": {"toolkit_wiring": BARE, "toolkit": ""},
    "ctk.restarted": {"toolkit": TOOLKIT.replace(str(STARTED_EPOCH - 60), str(STARTED_EPOCH + 5))},
    "ctk.libs": {"toolkit_wiring": WIRING.replace("library libcuda.so.1", "other libcuda.so.1")},
    "ctk.runtime_path": {
        "toolkit_wiring": WIRING.replace("runtime nvidia-container-runtime yes", "runtime nvidia-container-runtime no")
    },
    "ctk.cdi": NO_SPEC,
    "ctk.cdi_stale": {"cdi_specs": SPECS.replace("libcuda.so.550.163.01", "libcuda.so.550.54.15")},
    "ctk.cdi_uvm": {"cdi_specs": SPECS.replace("major 510", "major 509")},
    "ctk.cdi_schema": {
        "cdi_specs": SPECS.replace("0.5.0", "0.7.0"),
        "daemon": INFO.replace("28.5.1", "26.0.2"),
        **CDI_ON,
    },
    "ctr.hello": {"hello_world": "run 126 hello-world\nOCI runtime create failed\n"},
    "ctr.smoke": {"cuda_container": f"run 0 {IMAGE}\nGPU 0: Tesla T4 (UUID: GPU-other)\n"},
    "ctr.smoke_cdi": {"cdi_container": f"run 0 {IMAGE}\n"},
    "ctr.dns": {"host_image": HOST_IMAGE.replace("inside dns yes", "inside dns no")},
    "ctr.cuda": {"host_image": HOST_IMAGE.replace("cuda 0 1", "cuda 999 0")},
    "ctr.cudareq": {"containers": by_gpus("train", environment=NEWER)},
    "ctr.lost": {
        "containers": by_gpus("train"),
        "gpu_containers": "255 train Failed to initialize NVML: Unknown Error\n",
    },
}
