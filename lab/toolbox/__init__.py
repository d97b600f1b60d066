"""A stand-in for Docker Toolbox: VBoxManage, docker-machine and docker as programs, and a VM that they agree on.

What it answers was recorded from the real programs, or read in their source; nothing of it is VirtualBox. Its guest is
a mount namespace with a root in memory, and `vboxsf` there is bindfs. `simulator` begins one; the other modules are the
programs, which share one state file.
"""
