"""What each probe's parser makes of answers, also of nonsense."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.verification import first_trip_probes
from provisioning.command import HIDDEN
from provisioning.probe import Answer, Facts, Probe, UnknownFact
from provisioning.probes import (
    activity,
    apt,
    daemon_config,
    driver,
    engine,
    files,
    login,
    machine,
    operating_system,
    packages,
)
from tests.unit.described_host import FRESH, READY, UBUNTU, UUID, file, ready, unit

EVERY = first_trip_probes()


def test_the_described_host_answers_every_probe() -> None:
    assert {probe.name for probe in EVERY} == set(READY)
    for probe in EVERY:
        ready()[probe]


@pytest.mark.parametrize("probe", EVERY, ids=lambda probe: probe.name)
@given(text=st.text())
def test_nonsense_is_unknown_and_never_a_crash(probe: Probe[Any], text: str) -> None:
    facts = Facts({probe.name: Answer(0, text)})
    try:
        facts[probe]
    except UnknownFact as unknown:
        assert unknown.probe == probe.name
    assert facts.redact([probe]).redacted


@pytest.mark.parametrize("probe", EVERY, ids=lambda probe: probe.name)
def test_redacted_answers_can_be_read_and_redacted_again(probe: Probe[Any]) -> None:
    once = ready().redact(EVERY)
    assert once[probe] == once.redact(EVERY)[probe]


def test_os_release_gaps_are_not_filled_from_this_machine() -> None:
    system = operating_system.parse("ID=arch\n")
    assert (system.family, system.codename) == ("", "")


def test_os_release() -> None:
    assert operating_system.parse(UBUNTU) == operating_system.OperatingSystem("Ubuntu 24.04.1 LTS", "ubuntu", "noble")


def test_a_removed_package_is_not_installed_and_a_held_one_is() -> None:
    text = "rc  docker-ce 1\nhi  containerd.io 2\niU  nvidia-container-toolkit 3\nun  runc \n"
    assert packages.parse(text) == {"containerd.io": "2"}


def test_units() -> None:
    found = engine.parse_units(unit("docker.service") + unit("docker.socket", "absent", "", "n/a"))
    assert found["docker.service"].active == "active" and found["docker.service"].started == 1767323045
    assert not found["docker.socket"].loaded and found["docker.socket"].started == 0


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [("missing\n", ""), ("silent Cannot connect to the Docker daemon\n", "Cannot connect to the Docker daemon")],
)
def test_a_daemon_that_does_not_answer(answer: str, complaint: str) -> None:
    assert engine.parse_daemon(answer) == engine.Daemon(None, complaint)


def test_an_engine_before_28_2_lists_no_cdi_devices() -> None:
    old = engine.parse_daemon('answers {"ServerVersion": "26.1.5", "Runtimes": {}, "LiveRestoreEnabled": true}\nweb\n')
    assert old.engine == engine.Engine((26, 1, 5), frozenset(), None, True, ("web",))


def test_proxies_of_docker_info_are_not_saved() -> None:
    shown = engine.redact_daemon(READY["daemon"].replace('{"Server', '{"HttpProxy": "http://me:hunter2@p", "Server'))
    assert "hunter2" not in shown
    assert engine.parse_daemon(shown) == engine.parse_daemon(READY["daemon"])


def test_mirrors_of_docker_info_are_shown_without_passwords() -> None:
    told = READY["daemon"].replace('"Mirrors": []', '"Mirrors": ["https://me:hunter2@mirror.corp/"]')
    found = engine.parse_daemon(engine.redact_daemon(told)).engine
    assert found is not None and found.registry_mirrors == (f"https://{HIDDEN}@mirror.corp/",)


@pytest.mark.parametrize("probe", [apt.APT_SOURCES, files.SOURCES], ids=lambda probe: probe.name)
def test_passwords_in_package_sources_are_neither_shown_nor_saved(probe: Probe[Any]) -> None:
    path = files.DOCKER_SOURCE
    key = READY["sources"].partition("\n")[0]
    answer = f"{key}\n{file(path, 'URIs: https://me:hunter2@mirror.corp/x')}{file('/etc/absent', None)}"
    shown = probe.parse(probe.redact(answer))
    assert shown[path].text == f"URIs: https://{HIDDEN}@mirror.corp/x"
    assert shown[files.DOCKER_KEY] == probe.parse(answer)[files.DOCKER_KEY]


def test_credentials_of_daemon_json_are_not_saved() -> None:
    path = "/etc/docker/daemon.json"
    shown = daemon_config.redact(file(path, '{"proxies": {"http-proxy": "http://me:hunter2@p"}}'))
    assert HIDDEN in daemon_config.parse(shown).text
    broken = daemon_config.redact(file(path, '{"http://me:hunter2@p"'))
    assert "hunter2" not in daemon_config.parse(broken).text


def test_a_file_that_is_empty_is_there() -> None:
    found = files.parse(file("/a", "") + file("/b", None))
    assert found["/a"].content == b"" and found["/b"].content is None
    assert found["/a"].seen.startswith("e3b0c442") and found["/b"].seen == "absent"


def test_login_groups_of_the_session_and_of_the_group_file() -> None:
    found = login.parse(
        "session uid=1000(admin) gid=1000(admin) groups=1000(admin),4(adm) context=x\nreader 1000\n"
        "group docker:x:990:bob,admin\nsocket 990 660\n"
    )
    assert found.gids == {1000, 4} and found.docker_members == {"bob", "admin"}
    assert not found.privileged and found.socket_gid == 990 and found.socket_group_writable


@pytest.mark.parametrize(
    ("session", "behind", "person"),
    [
        ("uid=1000(admin) gid=1000(admin) groups=1000(admin)", "1000 admin", "admin"),
        ("uid=0(root) gid=0(root) groups=0(root)", "1000 admin", "admin"),
        ("uid=0(root) gid=0(root) groups=0(root)", "0 root", ""),
        ("uid=0(root) gid=0(root) groups=0(root)", "", ""),
        ("uid=1000(admin) gid=1000(admin) groups=1000(admin)", "1001 bob", "admin"),
    ],
)
def test_the_person_is_who_is_behind_sudo(session: str, behind: str, person: str) -> None:
    found = login.parse(f"session {session}\nreader 0\ngroup \nsocket \nbehind {behind}\n")
    assert found.person == person


def test_machine() -> None:
    found = machine.parse(FRESH["machine"].replace("apparmor N", "apparmor Y"))
    assert found.arch == "amd64" and found.needs_apparmor_parser and not found.wsl1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cloud-init 1 cloud-init\n", "cloud-init, which is still setting the machine up"),
        ("/var/lib/dpkg/lock 812 dpkg\n", "dpkg (pid 812), which holds /var/lib/dpkg/lock"),
        ("/var/lib/dpkg/lock 812 \n", "a process (pid 812), which holds /var/lib/dpkg/lock"),
    ],
)
def test_activity(text: str, said: str) -> None:
    assert str(activity.parse(text)[0]) == said


def test_gpus() -> None:
    found = driver.parse_smi(READY["gpus"])
    assert (found.uuids, found.names, found.cuda) == ((UUID,), ("Tesla T4",), (12, 4))


@pytest.mark.parametrize(
    ("text", "complaint", "missing"),
    [
        ("missing\n", "nvidia-smi is not installed", True),
        ("complains\nNVIDIA-SMI has failed because\nit couldn't\n", "NVIDIA-SMI has failed because it couldn't", False),
        ("complains\n\n", "nvidia-smi failed without a word", False),
    ],
)
def test_nvidia_smi_that_does_not_answer(text: str, complaint: str, missing: bool) -> None:
    assert driver.parse_smi(text) == driver.Gpus(complaint=complaint, missing=missing)


def test_the_open_kernel_module_says_its_version_too() -> None:
    text = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build\n"
    assert driver.parse_kernel_driver(text) == "580.95.05"


def test_group_names_may_hold_spaces() -> None:
    session = "uid=1(a) gid=100(users) groups=100(users),513(domain users),998(docker) context=x:1"
    found = login.parse(f"session {session}\nreader 0\ngroup \nsocket \n")
    assert found.gids == {100, 513, 998}


def test_groups_are_read_in_every_language() -> None:
    session = "uid=1(a) gid=513(domain users) 组=100(users),998(docker),4294967294"
    found = login.parse(f"session {session}\nreader 0\ngroup \nsocket \n")
    assert found.gids == {100, 998, 4294967294}
