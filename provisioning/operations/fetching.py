"""Fetch a repository on a host with the credentials of this machine, which stay on none."""

from __future__ import annotations

import os
import re
import secrets
import sys

from provisioning.command import Secret
from provisioning.containers import repository
from provisioning.containers.asking import ask
from provisioning.containers.folders import Place
from provisioning.containers.rendering import run_argv
from provisioning.containers.repository import Source, Surroundings
from provisioning.errors import ChangeFailed
from provisioning.operations.containers import DockerHost
from provisioning.runners.local import LocalRunner

_NO_QUESTIONS = ("env", "GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS=")


def fetch(host: DockerHost, image: str, wanted: Source, checkout: Place, known_hosts: Place, network: str) -> str:
    """Fetch into `checkout` and return the commit. Raises what `fetch_failure` makes of it."""
    made = ask(host.runner, ("mkdir", "-p", checkout.path))
    if made.code:
        raise ChangeFailed(f"{host.name}: {checkout.path} cannot be made: {made.last}")
    agent = "" if wanted.asks_for_password else lent_agent(host)
    around = Surroundings(checkout.path, agent, known_hosts.path if known_hosts.kind == "file" else "")
    spec = repository.spec(image, wanted, around, host.person, f"gpudock-fetch-{secrets.token_hex(4)}", network)
    password = credential(wanted) if wanted.asks_for_password else Secret("")
    answer = host.ask(*run_argv(spec), given=password.reveal().encode())
    commit = answer.output.strip().rpartition("\n")[2]
    if answer.code or not re.fullmatch("[0-9a-f]{40,64}", commit):
        ask(host.runner, ("rmdir", checkout.path))  # where nothing of an earlier run is in it
        raise repository.fetch_failure(host.name, image, wanted, answer.code, answer.errors)
    sys.stderr.write(f"{host.name}: {wanted.url} is at commit {commit}, in {checkout.path}\n")
    return commit


def lent_agent(host: DockerHost) -> str:
    """Return the socket on the host of this machine's ssh agent, '' where there is none. Says that it is lent."""
    socket = host.runner.agent_socket() if os.environ.get("SSH_AUTH_SOCK") else ""
    if socket and host.name != "localhost":
        sys.stderr.write(f"{host.name}: your ssh agent is lent to it until this command ends.\n")
    return socket


def credential(wanted: Source) -> Secret:
    """Return what this machine's own git knows for the repository, as git's helpers write it; nothing without."""
    question = f"url={wanted.url}\n\n".encode()
    answer = ask(LocalRunner(), (*_NO_QUESTIONS, "git", "credential", "fill"), question)
    return Secret(answer.output if answer.code == 0 else "")
