"""A container with all that belongs to it: saved to a file, lost with its server, and back; and nothing half."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import Host
from tests.lab.backup_traces import traces
from tests.lab.driving import Gpudock, Said, look

IMAGE = "nvidia/cuda:12.2.2-base-ubuntu22.04"

_SECRETS = "/home/admin/.local/state/gpudock/secrets"
_MAKE = f"""
mkdir -p /srv/bk/project /srv/bk/one
echo mine >/srv/bk/project/file; ln /srv/bk/project/file /srv/bk/project/again; chown -R 1234:1234 /srv/bk/project
chmod 2750 /srv/bk/project; echo '[a]' >/srv/bk/one/settings.ini
runuser -u admin -- mkdir -p -m 700 {_SECRETS} && echo top-secret >{_SECRETS}/bk && chmod 444 {_SECRETS}/bk
docker network create bk-net >/dev/null
docker volume create --label owner=me bk-home >/dev/null
docker run --detach --name bk --hostname notebook --user 1234:1234 --init --restart unless-stopped --network bk-net \\
  --publish 127.0.0.1:7777:8888 --shm-size 256m --ulimit core=-1 --cap-add SYS_PTRACE --gpus all --label team=x \\
  --env A_TOKEN=abc --env LANG=C --volume /srv/bk/project:/work --volume /srv/bk/one/settings.ini:/settings.ini:ro \\
  --volume bk-home:/home --volume /own --tmpfs /scratch \\
  --volume {_SECRETS}/bk:/run/token:ro --health-cmd 'test -e /installed' --health-interval 1s \\
  {IMAGE} sh -c 'exec sleep 9999' >/dev/null
docker exec --user 0 bk sh -c 'echo v >/installed; echo home >/home/h; echo own >/own/o; chown 1234 /home/h'
until [ "$(docker inspect --format '{{{{.State.Health.Status}}}}' bk)" = healthy ]; do sleep 0.1; done
"""
_LOSE = (
    "docker rm --force --volumes bk; docker volume rm bk-home; docker network rm bk-net;"
    " rm -rf /srv/bk /home/admin/.local/state/gpudock"
)

_WITHIN = """
nvidia-smi -L 2>/dev/null | grep -c UUID; hostname; id -u; echo $A_TOKEN
cat /installed /home/h /own/o /work/file /settings.ini
stat -c '%u:%g %a %h %n' /work /work/file /home/h; df -k /dev/shm | tail -n 1 | tr -s ' ' | cut -d ' ' -f 2
echo new >/work/new && ! echo x 2>/dev/null >>/settings.ini && grep -c scratch /proc/mounts
"""
_FLAGS = """{{.HostConfig.RestartPolicy}} {{.HostConfig.PortBindings}} {{.HostConfig.CapAdd}}
{{.HostConfig.NetworkMode}}
{{json .HostConfig.Ulimits}} {{.Config.Env}} {{.Config.Labels}} {{.Config.Cmd}} {{json .Config.Healthcheck}}
{{.State.Status}} {{.State.Health.Status}}"""


@pytest.fixture(scope="module")
def host(ready_host: Host) -> Iterator[Host]:
    """The host, with what is under /srv and in the engine put back afterwards."""
    look(ready_host, f"docker pull --quiet {IMAGE}")
    yield ready_host
    look(ready_host, f"{_LOSE}; docker rmi --force $(docker images --quiet gpudock-backup); true")


@pytest.fixture(scope="module")
def saved(host: Host, gpudock: Gpudock, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said, str]:
    """The file, what was said, and how the container looked from within."""
    look(host, "sh -s", stdin=_MAKE)
    before = traces(host)
    folder = tmp_path_factory.mktemp("backups")
    said = gpudock.run("backup.create", "bk", "--host", f"admin@{host.name}", "--to", str(folder))
    assert said.code == 0, said.all
    assert traces(host) == before
    [path] = folder.iterdir()
    return path, said, within(host)


def within(host: Host) -> str:
    flags = look(host, f"docker inspect --format '{_FLAGS}' bk")
    return look(host, "docker exec --interactive bk sh -s", stdin=_WITHIN) + flags


def restore(gpudock: Gpudock, host: Host, path: Path, *options: str) -> Said:
    return gpudock.run("backup.restore", str(path), "--host", f"admin@{host.name}", *options)


def test_it_is_one_private_file_that_says_what_it_holds(saved: tuple[Path, Said, str], gpudock: Gpudock) -> None:
    path, said, _ = saved
    assert path.stat().st_mode & 0o777 == 0o600
    assert "looks like a secret (environment A_TOKEN)" in said.err
    assert "abc" not in said.all
    for what in ("volume bk-home at /home", "/srv/bk/project at /work", "a volume of its own at /own"):
        assert what in said.out
    listed = subprocess.run(
        gpudock.argv("backup.list", str(path.parent))[:4], capture_output=True, text=True, check=True
    )
    assert listed.stdout.startswith(f"{path.name}: bk of admin@")


def test_what_is_in_the_way_is_refused_and_left_alone(
    saved: tuple[Path, Said, str], host: Host, gpudock: Gpudock, tmp_path: Path
) -> None:
    """Red when anything is done before all was looked at."""
    path, _, _ = saved
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (tmp_path / "damaged.tar").write_bytes(damaged)
    before = traces(host)
    for file, options, words in (
        (path, (), "there is a container bk already"),
        (path, ("--name", "bk-2"), "port 7777 is taken"),
        (path, ("--name", "bk-2", "--port", "7777:7778"), "there is data already"),
        (path, ("--name", "bk-2", "--port", "1:2"), "it publishes no such port"),
        (tmp_path / "damaged.tar", (), "cut off or changed"),
    ):
        said = restore(gpudock, host, file, *options)
        assert (said.code, traces(host)) == (64, before), said.all
        assert words in said.err


def test_a_copy_beside_it_uses_the_data_that_is_there(
    saved: tuple[Path, Said, str], host: Host, gpudock: Gpudock
) -> None:
    path, _, _ = saved
    said = restore(gpudock, host, path, "--name", "bk-2", "--port", "7777:7778", "--volumes", "none", "--gpus", "none")
    assert said.code == 0, said.all
    assert look(host, "docker exec bk-2 cat /home/h; docker port bk-2") == "home\n8888/tcp -> 127.0.0.1:7778\n"
    look(host, "docker rm --force --volumes bk-2")


def test_after_the_server_was_lost_it_is_back_as_it_was(
    saved: tuple[Path, Said, str], host: Host, gpudock: Gpudock
) -> None:
    """Red when a mount, a flag, an owner or a file is not carried over."""
    path, _, before = saved
    look(host, f"{_LOSE}; docker rmi --force $(docker images --quiet)")
    said = restore(gpudock, host, path)
    assert said.code == 0, said.all
    assert "it runs and is healthy" in said.out
    assert "capability SYS_PTRACE" in said.err
    assert within(host) == before
    token = look(host, f"docker exec bk cat /run/token; stat -c %U:%a {_SECRETS}/bk")
    assert token.endswith("admin:444\n")
    assert "top-secret" not in token
    assert look(host, "docker ps --all --format '{{.Names}}'") == "bk\n"
    assert look(host, "docker volume ls --quiet | wc -l") == "2\n"
    assert look(host, "docker volume inspect --format '{{.Labels.owner}}' bk-home") == "me\n"
