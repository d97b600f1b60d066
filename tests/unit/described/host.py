"""The host itself: nothing pending, memory handed out as usual."""

READY = {"host_state": "overcommit 0\n"}
