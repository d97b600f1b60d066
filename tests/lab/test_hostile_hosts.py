"""Hosts that speak another language, talk too much, ask for a terminal, or reach packages by a proxy alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from shutil import copyfileobj
from threading import Thread
from typing import ClassVar
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from lab import Endpoints, Host
from tests.lab.conftest import RaiseHost
from tests.lab.driving import Gpudock, Said, attempt, look, write
from tests.lab.mishaps import assert_nothing_is_left_to_do, held, on_host, traces

SETUP = """set -e
apt-get -qq update && apt-get -qq install --no-install-recommends fish locales >/dev/null
localedef -i zh_CN -f UTF-8 zh_CN.UTF-8
echo LANG=zh_CN.UTF-8 | tee /etc/default/locale >>/etc/environment
systemctl set-environment LANG=zh_CN.UTF-8
echo 'echo Have a nice day; echo E: not an error >&2' >/etc/profile.d/noise.sh
cat /etc/profile.d/noise.sh >>/etc/bash.bashrc
cp /etc/profile.d/noise.sh /etc/fish/conf.d/noise.fish
chsh -s /usr/bin/fish admin
printf 'Unauthorised access is\\n@@ forbidden\\n' >/etc/issue.net
echo 'Banner /etc/issue.net' >/etc/ssh/sshd_config.d/banner.conf
systemctl reload ssh
"""


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    """Return a host in Chinese that greets everybody, with a person whose shell is fish."""
    host = lab_host(name="hostile")
    look(host, "sh -s", stdin=SETUP)
    assert "无法" in attempt(host, "apt-get install no-such-package", user="admin").stdout
    return host


def test_a_sudo_that_asks_for_a_terminal(host: Host, gpudock: Gpudock) -> None:
    """Red when `require_root` takes it for a sudo that asks for a password."""
    write(host, "/etc/sudoers.d/tty", "Defaults requiretty\n")
    before = traces(host)
    said = gpudock.run("provision", f"admin@{host.name}", "--yes")
    assert said.code == 77, said.all
    assert "sudo asks for a terminal there (`requiretty` in the sudoers file)" in said.err
    assert "Defaults:admin !requiretty" in said.err
    assert traces(host) == before
    look(host, "rm /etc/sudoers.d/tty")


class Proxy(BaseHTTPRequestHandler):
    """Knows the way to a server that nobody else can find."""

    NAME = "packages.invalid"
    server_behind: ClassVar[str]
    asked: ClassVar[set[str]]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        assert url.hostname == self.NAME
        self.asked.add(url.path.rpartition("/")[2])
        with urlopen(url._replace(netloc=self.server_behind).geturl()) as answer:
            self.send_response(answer.status)
            self.send_header("Content-Length", answer.headers["Content-Length"])
            self.end_headers()
            copyfileobj(answer, self.wfile)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class has it so
        """Say nothing."""


@contextmanager
def proxy(endpoints: Endpoints) -> Iterator[tuple[str, set[str]]]:
    """Give the URL of a proxy that hosts can reach, and the files that it was asked for."""

    class Here(Proxy):
        server_behind = urlsplit(endpoints.docker_source).netloc
        asked: ClassVar[set[str]] = set()

    gateway = str(urlsplit(endpoints.docker_source).hostname)
    with ThreadingHTTPServer((gateway, 0), Here) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{gateway}:{server.server_port}/", Here.asked
        server.shutdown()


@pytest.fixture(scope="module")
def proxied(host: Host, lab_endpoints: Endpoints) -> Iterator[tuple[Gpudock, Said, set[str]]]:
    """What was said while a source was used that only apt's own configuration leads to; what the proxy was asked."""
    hidden = urlsplit(lab_endpoints.docker_source)._replace(netloc=Proxy.NAME).geturl()
    gpudock = Gpudock(replace(lab_endpoints, docker_source=hidden))
    with proxy(lab_endpoints) as (url, asked):
        write(host, "/etc/apt/apt.conf.d/80proxy", f'Acquire::http::Proxy::{Proxy.NAME} "{url}";\n')
        yield gpudock, gpudock.run("provision", f"admin@{host.name}", "--yes", "--docker-version", "26"), asked


def test_apt_goes_by_its_own_proxy(proxied: tuple[Gpudock, Said, set[str]]) -> None:
    """Red when `available_probe` or `gd_refresh` puts apt's configuration aside."""
    _, said, asked = proxied
    assert said.code == 0, said.all
    assert {"InRelease", "docker-ce_26.1.5-1%7edebian.13%7etrixie_amd64.deb"} <= asked


def test_neither_greetings_nor_the_language_get_into_it(proxied: tuple[Gpudock, Said, set[str]], host: Host) -> None:
    """Red when frames have no nonce, `events` takes lines from outside of changes, or `id` is read in one language."""
    gpudock, said, _ = proxied
    assert "nice day" not in said.all
    assert "not an error" not in said.all
    assert "forbidden" not in said.all
    assert_nothing_is_left_to_do(gpudock, f"admin@{host.name}", host, "--docker-version", "26")


def test_words_about_a_lock_are_understood_in_any_language(proxied: tuple[Gpudock, Said, set[str]], host: Host) -> None:
    """Red when the script does not set `LC_ALL`."""
    gpudock, _, _ = proxied
    look(host, "dpkg --remove docker-compose-plugin")
    script = gpudock.run("plan", f"root@{host.name}", "--script").out
    with on_host(host, "sh -s") as (script_goes_here, said):
        with held(host, "/var/lib/dpkg/lock-frontend") as pid:
            script_goes_here.write(script)
            script_goes_here.close()
            wait = next(line for line in said if line.startswith(("@@NONCE waiting", "@@NONCE end 1")))
        rest = list(said)
    assert f"perl (pid {pid}, running for 00:" in wait
    assert rest[-1].strip() == "@@NONCE done"
