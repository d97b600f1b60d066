"""Ask a web server of this machine's loopback, perhaps at the end of a tunnel, how it answers."""

from __future__ import annotations

import requests

_SECONDS = 5


def status(url: str, token: str = "") -> int | None:
    """Return the status that `url` answers with, redirections not followed; None where no HTTP comes back.

    With `token` the request carries it as Jupyter takes it.
    """
    with requests.Session() as session:
        session.trust_env = (
            False  # a proxy of the environment is not the way to our own loopback, and ~/.netrc not meant
        )
        headers = {"Authorization": f"token {token}"} if token else {}
        try:
            return session.get(url, headers=headers, timeout=_SECONDS, allow_redirects=False).status_code
        except requests.RequestException:
            return None
