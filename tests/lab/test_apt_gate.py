"""apt and dpkg are never fought for: who holds a lock is waited for by name; a broken source of others is told."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from lab import Endpoints, Host
from tests.lab.conftest import RaiseHost
from tests.lab.driving import Gpudock, Said, look, write
from tests.lab.mishaps import assert_nothing_is_left_to_do, held, on_host

FRONTEND = "/var/lib/dpkg/lock-frontend"
ARCHIVES = "/var/cache/apt/archives/lock"
LISTS = "/var/lib/apt/lists/lock"

# Runs when apt has refreshed its lists, and still has them locked: another process has the next locks before apt can.
HOOK = 'APT::Update::Post-Invoke { "exec /root/take-locks >/dev/null"; };\n'
TAKE_LOCKS = """#!/bin/sh
rm /etc/apt/apt.conf.d/99-take-locks
setsid perl /root/take-locks.pl "$@" </dev/null >/dev/null 2>&1 3>&- &
until grep -q -e "-> .* $! " /proc/locks; do sleep 0.02; done
"""
# Holds each lock for some seconds after the run has met it; gives the last one up by dying.
TAKE_LOCKS_PL = f"""
use Fcntl;
my @names = qw({LISTS} {FRONTEND} {ARCHIVES});
my @held = map {{ open(my $file, "+>>", $_) or die "$_: $!"; $file }} @names;
my $lock = pack("s s l! l! i", F_WRLCK, 0, 0, 0, 0);
fcntl($held[$_], F_SETLK, $lock) or die $! for 1, 2;
fcntl($held[0], F_SETLKW, $lock) or die $!;
for my $name (@names) {{
  select(undef, undef, undef, 0.1) until `cat /run/gpudock/*.log` =~ /waiting .* which holds $name/;
  sleep 4;
  kill 9, $$ if @held == 1;
  close shift @held;
}}
"""


def takes_locks_in_mid_apply(host: Host) -> None:
    write(host, "/root/take-locks.pl", TAKE_LOCKS_PL)
    write(host, "/root/take-locks", TAKE_LOCKS)
    look(host, "chmod +x /root/take-locks")
    write(host, "/etc/apt/apt.conf.d/99-take-locks", HOOK)


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    return lab_host(name="gate")


@pytest.fixture(scope="module")
def crowded(host: Host, gpudock: Gpudock, lab_endpoints: Endpoints) -> Said:
    """What was said while a fresh host got Docker: three sources of others are broken, locks are taken meanwhile."""
    server = urlsplit(lab_endpoints.docker_source).netloc
    write(
        host,
        "/etc/apt/sources.list.d/others.list",
        "deb http://127.0.0.1:9/out-of-reach stable main\n"
        f"deb http://{server}/no-such-thing stable main\n"
        f"deb {lab_endpoints.toolkit_source}/stable/deb/amd64 /\n",  # its key is not there
    )
    takes_locks_in_mid_apply(host)
    return gpudock.run("provision", f"root@{host.name}", "--yes", "--json")


def test_each_lock_is_waited_for_and_its_holder_named(crowded: Said) -> None:
    """Red when `gd_patiently` does not know the words about a lock, or does not try again."""
    assert crowded.code == 0, crowded.all
    waits = [line for line in crowded.err.splitlines() if "waits for" in line]
    assert [wait.rpartition("which holds ")[2] for wait in waits] == [LISTS, FRONTEND, ARCHIVES]
    for wait in waits:
        assert "waits for perl (pid " in wait
        assert ", running for 00:" in wait


def test_broken_sources_are_told_and_do_not_block(crowded: Said) -> None:
    """Red when `gd_update` fails with apt, or `warnings` is not asked."""
    [report] = crowded.json["hosts"]
    told = "\n".join(report["warnings"])
    assert "127.0.0.1:9" in told
    assert "no-such-thing" in told
    assert "is not signed" in told
    assert report["error"] is None


def test_the_second_run_has_nothing_to_do(crowded: Said, host: Host, gpudock: Gpudock) -> None:
    """Red when a plan depends on the sources of others."""
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host)


def test_patience_before_the_plan_has_an_end(crowded: Said, host: Host, gpudock: Gpudock) -> None:
    """Red when `gather_at_rest` does not look at its clock."""
    with held(host, LISTS) as pid:
        said = gpudock.run("provision", f"root@{host.name}", "--yes", "--apt-timeout", "1")
    assert said.code == 75, said.all
    assert f"still waiting for perl (pid {pid}), which holds {LISTS} after 1 s" in said.err


def test_patience_in_mid_apply_has_an_end(crowded: Said, host: Host, gpudock: Gpudock) -> None:
    """Red when `gd_patiently` has no clock, 75 is a failure like any other, or systemd kills what a hook started."""
    look(host, "apt-get -qq remove docker-compose-plugin")
    takes_locks_in_mid_apply(host)
    said = gpudock.run("provision", f"root@{host.name}", "--yes", "--apt-timeout", "1")
    assert said.code == 75, said.all
    assert "waited in vain for perl (pid " in said.err
    assert FRONTEND in said.err
    holder = said.err.partition("(pid ")[2].partition(",")[0]
    assert look(host, f"cat /proc/{holder}/comm; ls {FRONTEND}") == f"perl\n{FRONTEND}\n"
    look(host, f"kill {holder}")
    again = gpudock.run("provision", f"root@{host.name}", "--yes")
    assert again.code == 0, again.all
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host)


LEFT_UNPACKED = "cd /tmp && apt-get -qq download tini && dpkg --unpack tini_*.deb && rm tini_*.deb"


@pytest.mark.parametrize(
    ("before", "lock", "options"),
    [(LEFT_UNPACKED, "/var/lib/dpkg/lock", ()), ("", FRONTEND, ("--docker-version", "26"))],
    ids=["configure", "hold"],
)
def test_dpkg_without_apt_waits_too(
    crowded: Said, host: Host, gpudock: Gpudock, before: str, lock: str, options: tuple[str, ...]
) -> None:
    """Red when `gd_dpkg_configure` or `apt-mark` is not run by `gd_patiently`, or that does not know dpkg's words."""
    look(host, before)
    script = gpudock.run("plan", f"root@{host.name}", "--script", *options).out
    with on_host(host, "sh -s") as (script_goes_here, said):
        with held(host, lock) as pid:
            script_goes_here.write(script)
            script_goes_here.close()
            [wait] = [next(line for line in said if line.startswith("@@NONCE waiting"))]
        rest = list(said)
    assert f"perl (pid {pid}, running for 00:" in wait
    assert rest[-1].strip() == "@@NONCE done"
    assert not [line for line in rest if line.startswith("@@NONCE undone")]
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host, *options)


def test_a_package_that_was_cut_off_half_way_is_finished(crowded: Said, host: Host, gpudock: Gpudock) -> None:
    """Red when `gd_dpkg_configure` knows only what dpkg marked to be unpacked again."""
    look(host, "apt-get -qq install --no-install-recommends hello netbase >/dev/null && apt-mark -q hold netbase")
    status = "/var/lib/dpkg/status"
    look(host, f"sed -i '/^Package: netbase$/,/^$/s/ok installed/ok half-installed/' {status}")
    look(host, f"sed -i '/^Package: hello$/,/^$/s/install ok installed/deinstall ok half-installed/' {status}")
    said = gpudock.run("provision", f"root@{host.name}", "--yes")
    assert said.code == 0, said.all
    assert "Finish what dpkg had begun: hello, netbase" in said.out
    states = look(host, "dpkg-query -W -f '${Status} ${Package}\\n' netbase hello 2>/dev/null || true")
    assert "hold ok installed netbase" in states
    assert " ok installed hello" not in states
    look(host, "apt-mark -q unhold netbase")
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host)
