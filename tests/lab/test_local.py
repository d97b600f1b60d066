"""`./gpudock provision` on the machine that shall be provisioned: a lab host with a checkout and Python."""

from __future__ import annotations

import shlex
import subprocess

import pytest

import lab
from lab import Endpoints, Host
from tests.lab.conftest import RaiseHost
from tests.lab.driving import ROOT, attempt, changed, look, manifest, write

INSTALL = "apt-get install -qq --no-install-recommends python3 python3-venv >/dev/null"
CHECKOUT = "/opt/a checkout"
UNWANTED = ("./.git", "./.venv", "__pycache__", ".*_cache", ".hypothesis")


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost, lab_endpoints: Endpoints) -> Host:
    """A bare host where `admin` has checked the product out."""
    host = lab_host(gpu="t4", name="here")
    look(host, f"export DEBIAN_FRONTEND=noninteractive; apt-get -qq update && {INSTALL}")
    look(host, f"install -d -o admin {shlex.quote(CHECKOUT)}")
    write(host, "/opt/docker.key", lab_endpoints.docker_key.read_text())
    write(host, "/opt/toolkit.key", lab_endpoints.toolkit_key.read_text())
    pack = ("tar", "-C", str(ROOT), *(f"--exclude={name}" for name in UNWANTED), "-c", ".")
    unpack = f"tar -x --no-same-owner --no-overwrite-dir -C {shlex.quote(CHECKOUT)}"
    with subprocess.Popen(pack, stdout=subprocess.PIPE) as packing:
        way = ("ssh", "-F", str(lab.ssh_config()), f"admin@{host.name}", unpack)
        subprocess.run(way, stdin=packing.stdout, check=True)
    return host


@pytest.fixture(scope="module")
def words(lab_endpoints: Endpoints) -> str:
    """The options that lead to the lab's package sources, on the host."""
    options = (
        *("--docker-source", lab_endpoints.docker_source, "--docker-key", "/opt/docker.key"),
        *("--toolkit-source", lab_endpoints.toolkit_source, "--toolkit-key", "/opt/toolkit.key"),
        *("--registry-mirror", lab_endpoints.registry_mirror),
    )
    return shlex.join(options)


def here(host: Host, user: str, command: str, folder: str = ".") -> subprocess.CompletedProcess[str]:
    """Run the launcher on the host itself, in a folder that is made where it is not there."""
    return attempt(host, f"mkdir -p {folder} && cd {folder} && {shlex.quote(CHECKOUT)}/gpudock {command}", user)


@pytest.fixture(scope="module")
def first(host: Host, words: str) -> subprocess.CompletedProcess[str]:
    """The first command that `admin` ever runs there."""
    return here(host, "admin", f"provision --yes {words}")


def test_this_machine_is_provisioned(host: Host, first: subprocess.CompletedProcess[str]) -> None:
    """Red when the local runner starts containers in the login that was there before."""
    assert first.returncode == 0, first.stdout
    assert "localhost" in first.stdout
    for claim in ("hello-world runs", "nvidia-smi in a CUDA container lists the host's GPUs"):
        assert any(line.split()[1] == "pass" for line in first.stdout.splitlines() if claim in line)
    assert "Hello from Docker!" in look(host, "docker run --rm hello-world", user="admin")


@pytest.mark.parametrize("user", ["admin", "root"])
def test_a_second_run_changes_nothing(
    host: Host, first: subprocess.CompletedProcess[str], words: str, user: str
) -> None:
    """Red when `_converge` sends a script although nothing is to do."""
    before = manifest(host)
    again = here(host, user, f"provision --yes {words}")
    assert again.returncode == 0, again.stdout
    assert "nothing needs changing" in again.stdout
    assert changed(host, before) == []


def test_an_image_is_saved_and_loaded_here(host: Host, first: subprocess.CompletedProcess[str]) -> None:
    """Red when the streams of a local program are cut short."""
    identity = "docker image inspect --format '{{.Id}}' hello-world"
    before = look(host, identity)
    saved = here(host, "admin", "image.save hello-world --to /tmp/hello.tar.gz")
    assert saved.returncode == 0, saved.stdout
    look(host, "cd /tmp && gzip -t hello.tar.gz && sha256sum --quiet -c hello.tar.gz.sha256 && docker rmi hello-world")
    loaded = here(host, "admin", "image.load /tmp/hello.tar.gz")
    assert loaded.returncode == 0, loaded.stdout
    assert look(host, identity) == before


def test_verify_and_plan_without_sudo(host: Host, first: subprocess.CompletedProcess[str], words: str) -> None:
    """Red when `show_plans` wants root."""
    planned = here(host, "guest", f"plan {words}")
    assert planned.returncode == 0, planned.stdout
    assert "Let guest use Docker" in planned.stdout
    verified = here(host, "guest", "verify")
    assert verified.returncode == 2
    assert "gpasswd --add guest docker" in verified.stdout


def test_nobody_without_sudo_changes_anything(host: Host, first: subprocess.CompletedProcess[str], words: str) -> None:
    """Red without `require_root`, when `apply` then sends the changes to whoever logged in."""
    before = manifest(host)
    refused = here(host, "guest", f"provision --yes {words}")
    assert refused.returncode == 77, refused.stdout
    assert changed(host, before) == []


def test_who_is_behind_sudo_is_who_shall_use_docker(
    host: Host, first: subprocess.CompletedProcess[str], words: str
) -> None:
    """Red when the login is taken for the person: it is root's."""
    look(host, "gpasswd --delete admin docker")
    planned = attempt(host, f"sudo {shlex.quote(CHECKOUT)}/gpudock plan {words}", "admin")
    look(host, "gpasswd --add admin docker")
    assert planned.returncode == 0, planned.stdout
    assert "Let admin use Docker" in planned.stdout


def test_a_container_is_saved_and_made_again_here(host: Host, first: subprocess.CompletedProcess[str]) -> None:
    """Red when a backup goes another way than over the runner."""
    image = "nvidia/cuda:12.2.2-base-ubuntu22.04"
    look(host, f"docker run --detach --name saved --volume kept:/data {image} sh -c 'echo x >/data/f; exec sleep 9999'")
    created = here(host, "admin", "backup.create saved --to /home/admin")
    assert created.returncode == 0, created.stdout
    look(
        host,
        "docker rm --force saved && docker volume rm kept && stat -c %U:%a /home/admin/saved-*.tar | grep admin:600",
    )
    restored = here(host, "admin", "backup.restore /home/admin/saved-*.tar")
    assert restored.returncode == 0, restored.stdout
    assert "localhost: saved is back" in restored.stdout
    assert look(host, "docker exec saved cat /data/f") == "x\n"


def test_jupyter_of_this_machine_needs_no_tunnel(
    host: Host, first: subprocess.CompletedProcess[str], notebook_images: None
) -> None:
    """Red when the address leads to a tunnel that nobody holds, or the folder is not the current one."""
    options = "--image jupyter/base-notebook --gpus 0"
    began = here(host, "admin", f"jupyter.up {options} --port 8000", folder="/home/admin/notes")
    assert began.returncode == 0, began.stdout
    address = began.stdout.splitlines()[-1]
    assert address.startswith("http://127.0.0.1:8000/?token=")
    page = address.replace("/?", "/api/contents?")
    assert '"format": "json"' in look(host, f"curl -fsS '{page}'", user="guest")
    assert attempt(host, "curl -fsS http://127.0.0.1:8000/api/contents").returncode == 22
    mounted = look(host, "docker inspect -f '{{json .HostConfig.Mounts}}' jupyter-admin")
    assert '"Source":"/home/admin/notes"' in mounted
    taken = here(host, "admin", f"jupyter.up {options} --port 8000 --name other")
    assert (taken.returncode, "Port 8000 of this machine is taken" in taken.stdout) == (64, True), taken.stdout
    assert here(host, "admin", "jupyter.url").stdout.splitlines()[-1] == address
    assert here(host, "admin", "jupyter.down").returncode == 0


CUDA = "nvidia/cuda:12.2.2-base-ubuntu22.04"


def test_containers_of_this_machine(host: Host, first: subprocess.CompletedProcess[str]) -> None:
    """Red when the local runner does not hand on streams and exit codes, or a task wants a host."""
    ran = attempt(
        host, f"cd /tmp && echo given | {shlex.quote(CHECKOUT)}/gpudock run {CUDA} -- sh -c 'cat; pwd; exit 3'", "admin"
    )
    assert (ran.returncode, ran.stdout.splitlines()[-2:]) == (3, ["given", "/tmp"]), ran.stdout
    started = here(
        host, "admin", f"train.start --image {CUDA} --name one --gpus 0 --dir /tmp -- sh -c 'echo hi; exit 4'"
    )
    assert started.returncode == 0, started.stdout
    followed = here(host, "admin", "train.logs one --follow")
    assert followed.stdout.splitlines()[0] == "hi"
    assert here(host, "admin", "train.wait one").returncode == 4
    assert "exited with 4" in here(host, "admin", "containers.list --all").stdout
    assert here(host, "admin", "containers.rm one").returncode == 0
