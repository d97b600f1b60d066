"""Docker Toolbox: folders of this machine in the VirtualBox VM that Docker runs in. Pure, for Windows and POSIX."""
