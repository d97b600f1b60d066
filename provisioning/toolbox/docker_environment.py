"""What `docker-machine env --shell bash` prints, as an environment."""

from __future__ import annotations

import re

_EXPORT = re.compile(r'^export (\w+)="(.*)"$', re.MULTILINE)


def exported(text: str) -> dict[str, str]:
    """Return the variables. On Windows their values have backslashes, which stand for themselves."""
    return dict(_EXPORT.findall(text))
