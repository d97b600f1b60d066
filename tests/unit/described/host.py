"""The host itself: nothing pending, memory handed out as usual."""

READY = {"host_state": "reboot_packages \novercommit 0\n"}
