"""What docker-machine's `env` and `inspect` print."""

from __future__ import annotations

import re
from typing import Any

from lab.toolbox.state import Machine, World

ASSIGN = {
    "bash": 'export {}="{}"\n',
    "cmd": "SET {}={}\n",
    "powershell": '$Env:{} = "{}"\n',
    "fish": 'set -gx {} "{}";\n',
}
HINTS = {
    "bash": "# Run this command to configure your shell: \n# eval $(docker-machine env {})\n",
    "cmd": "REM Run this command to configure your shell: \n"
    "REM \t@FOR /f \"tokens=*\" %i IN ('docker-machine env --shell cmd {}') DO @%i\n",
    "powershell": "# Run this command to configure your shell: \n"
    '# & "docker-machine" env --shell powershell {} | Invoke-Expression\n',
    "fish": "# Run this command to configure your shell: \n# eval (docker-machine env {})\n",
}


def take_shell(words: list[str]) -> str:
    """Take `--shell NAME` out of the words and return the name."""
    if "--shell" not in words:
        return "bash"
    place = words.index("--shell")
    shell = words[place + 1]
    del words[place : place + 2]
    return shell if shell in ASSIGN else "bash"


def rendered(world: World, machine: Machine, shell: str) -> str:
    """Return what `env` prints for this shell."""
    values = {
        "DOCKER_TLS_VERIFY": "1",
        "DOCKER_HOST": f"tcp://{machine.address}:2376",
        "DOCKER_CERT_PATH": store(world, machine),
        "DOCKER_MACHINE_NAME": machine.name,
    }
    if world.windows:
        values["COMPOSE_CONVERT_WINDOWS_PATHS"] = "true"
    lines = "".join(ASSIGN[shell].format(key, value) for key, value in values.items())
    return lines + HINTS[shell].format(machine.name)


def bad_certificates(machine: Machine) -> str:
    host = f"{machine.address}:2376"
    return (
        "Error checking TLS connection: Error checking and/or regenerating the certs: There was an error validating "
        f'certificates for host "{host}": x509: certificate is valid for 192.168.99.99, not {machine.address}\n'
        "You can attempt to regenerate them using 'docker-machine regenerate-certs [name]'.\n"
        "Be advised that this will trigger a Docker daemon restart which might stop running containers.\n"
    )


def store(world: World, machine: Machine) -> str:
    """Return docker-machine's folder of the machine."""
    if world.windows:
        return f"C:\\Users\\me\\.docker\\machine\\machines\\{machine.name}"
    return f"{world.place}/.docker/machine/machines/{machine.name}"


def inspected(world: World, machine: Machine) -> dict[str, Any]:
    """Return what `inspect` prints, a part of it."""
    driver = {
        "IPAddress": machine.address if machine.boots else "",
        "MachineName": machine.name,
        "SSHUser": "docker",
        "SSHPort": 50022,
        "SSHKeyPath": f"{store(world, machine)}/id_rsa",
        "Memory": 1024,
        "HostOnlyCIDR": "192.168.99.1/24",
        "ShareFolder": "",
    }
    return {"ConfigVersion": 3, "Driver": driver, "DriverName": "virtualbox", "Name": machine.name}


def formatted(told: dict[str, Any], template: str) -> str:
    """Fill a template of Go's as far as `{{.Name.Name}}` goes."""

    def value(found: re.Match[str]) -> str:
        at: Any = told
        for name in found[1].split("."):
            at = at[name]
        return str(at)

    return re.sub(r"\{\{ *\.([\w.]+) *\}\}", value, template)
