"""An engine that does not take its file when it is told to read it again goes on as it is, and so does the file."""

from __future__ import annotations

import json

from tests.lab.conftest import RaiseHost
from tests.lab.driving import DAEMON_JSON, Gpudock, look, write
from tests.lab.mishaps import assert_nothing_is_left_to_do

STARTED = "systemctl show --value -p ExecMainStartTimestamp docker.service"


def test_a_refused_reload_is_no_success(lab_host: RaiseHost, gpudock: Gpudock) -> None:
    """Red when `gd_engine reload` believes systemctl: the signal that it sends has no answer.

    A person has written what `dockerd --validate` lets pass, and no engine takes: then ours was added.
    """
    host = lab_host(name="reload")
    assert gpudock.run("provision", f"root@{host.name}", "--yes").code == 0
    text = json.dumps({"registry-mirrors": ["ftp://mirror.invalid"]})
    write(host, DAEMON_JSON, text)
    before = look(host, STARTED)
    said = gpudock.run("provision", f"root@{host.name}", "--yes")
    assert said.code == 70, said.all
    assert "Reload Docker" in said.err
    assert 'invalid mirror: unsupported scheme \\"ftp\\"' in said.err
    assert look(host, f"cat {DAEMON_JSON}") == text
    assert look(host, STARTED) == before
    assert look(host, "docker version --format '{{.Server.Version}}'") != ""
    write(host, DAEMON_JSON, "{}")
    assert gpudock.run("provision", f"root@{host.name}", "--yes").code == 0
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host)
