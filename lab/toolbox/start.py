"""Begin one of the stand-in's programs: `start.py PROGRAM STATE-FILE …`.

`lab` itself is not imported, only its place is told: hosts, packages and networks are none of their business, and a
program that is called a hundred times should answer at once.
"""

import importlib
import sys
import types
from pathlib import Path

lab = types.ModuleType("lab")
lab.__path__ = [str(Path(__file__).resolve().parents[1])]
sys.modules["lab"] = lab

program, state, *words = sys.argv[1:]
sys.exit(importlib.import_module(f"lab.toolbox.{program}").main(Path(state), words))
