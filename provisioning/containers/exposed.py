"""Find what looks like a secret in the settings and the history of an image, where everybody can read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from provisioning.command import HIDDEN

# As the services that hand them out describe their form.
_SHAPES = re.compile(
    r"""
      \b(?:AKIA|ASIA)[0-9A-Z]{16}\b               # Amazon
    | \bgh[pousr]_[A-Za-z0-9]{36,} | \bgithub_pat_\w{22,}
    | \bglpat-[\w-]{20,}                          # GitLab
    | \bhf_[A-Za-z0-9]{30,}                       # Hugging Face
    | \bsk-[A-Za-z0-9_-]{20,}                     # model services
    | \bxox[abprs]-[\w-]{10,}                     # Slack
    | \bnpm_[A-Za-z0-9]{36} | \bpypi-[\w-]{50,}
    | \bAIza[\w-]{35}                             # Google
    | \beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+      # JSON web token
    | -----BEGIN\ [A-Z ]*PRIVATE\ KEY
    | \b[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s@$]+@   # a password in a URL
    """,
    re.VERBOSE,
)
_WORDS = "PASS|PASSWD|PASSWORD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|SECRET_?KEY|CREDENTIALS?"
# A name made of words, one of which tells; a reference ($NAME), an empty value or the path of a file is no secret.
_NAMED = re.compile(
    rf"""(?<![A-Za-z0-9_])((?:[A-Za-z0-9]+_)*?(?:{_WORDS})(?:_(?!FILE\b|PATH\b|DIR\b)[A-Za-z0-9]+)*)=("?)([^\s$"'/][^\s"']*)""",
    re.IGNORECASE,
)
_NO_SECRETS = frozenset({"true", "false", "yes", "no", "none", "null", "0", "1"})


@dataclass(frozen=True)
class Exposed:
    """Something that should not be where it is."""

    where: str
    masked: str
    """The text around it, without it."""


def in_environment(variables: Iterable[str]) -> Iterator[Exposed]:
    """Yield what looks like a secret in `NAME=value` texts."""
    for variable in variables:
        masked = mask(variable)
        if masked != variable:
            yield Exposed(f"environment {variable.partition('=')[0]}", masked)


def in_history(steps: Iterable[str]) -> Iterator[Exposed]:
    """Yield what looks like a secret in the steps that built an image, first step first."""
    for number, step in enumerate(steps, 1):
        masked = mask(step)
        if masked != step:
            yield Exposed(f"history step {number}", masked)


def mask(text: str) -> str:
    """Return `text` with all that looks like a secret hidden; the same text where nothing does."""
    return _NAMED.sub(_hide_value, _SHAPES.sub(_hide_shape, text))


def _hide_shape(found: re.Match[str]) -> str:
    scheme, separator, _ = found[0].partition("://")
    return f"{scheme}://{HIDDEN}@" if separator else f"{found[0][:4]}{HIDDEN}"


def _hide_value(found: re.Match[str]) -> str:
    return found[0] if found[3].lower() in _NO_SECRETS else f"{found[1]}={found[2]}{HIDDEN}"
