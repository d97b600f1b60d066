"""Disposable real hosts on this machine: systemd, sshd, apt and a real container engine, without a cloud."""

from lab.host import is_up
from lab.lab import down, hosts, prepare, purge, ssh_config, up
from lab.model import Endpoints, Host
from lab.notebook import add_notebook_images

__all__ = ["Endpoints", "Host", "add_notebook_images", "down", "hosts", "is_up", "prepare", "purge", "ssh_config", "up"]
