"""The real VBoxManage, for tests on powered-off machines: Debian's VirtualBox in a tree of its own.

No kernel module, so no machine can start: what a running machine answers is the matter of lab.toolbox, a stand-in.
"""

from lab.virtualbox.hold import locked_machine
from lab.virtualbox.home import home
from lab.virtualbox.tree import prepare

__all__ = ["home", "locked_machine", "prepare"]
