"""Finding Debian in a machine's apt configuration."""

from __future__ import annotations

import pytest

from lab.debian import Mirror, mirror_from_index_targets, route_settings, sources_text

ARCHIVE = "Debian|Debian|http://mirror.test/debian/"
SECURITY = "Debian|Debian-Security|http://mirror.test/debian-security/"


@pytest.mark.parametrize(
    ("rows", "mirror"),
    [
        ([ARCHIVE, SECURITY], Mirror("http://mirror.test/debian", "http://mirror.test/debian-security")),
        ([ARCHIVE], Mirror("http://mirror.test/debian")),
        (["Debian|Debian|https://first.test/d/", ARCHIVE], Mirror("https://first.test/d")),
        (["Docker|Docker CE|https://docker.test/linux/debian/", ARCHIVE], Mirror("http://mirror.test/debian")),
        (["Debian|Debian|cdrom:[Debian 13]/"], None),
        (["Ubuntu|Ubuntu|http://mirror.test/ubuntu/"], None),
        (["||http://mirror.test/debian/"], None),
        ([SECURITY], None),
        ([], None),
    ],
)
def test_mirror_is_what_calls_itself_debian(rows: list[str], mirror: Mirror | None) -> None:
    assert mirror_from_index_targets("\n".join(rows)) == mirror


DUMP = """APT::Architecture "amd64";
Acquire::http::Proxy "http://proxy.test:3128";
Acquire::https::CAInfo "/etc/ssl/own.pem";
Acquire::https::Proxy "";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
"""


@pytest.mark.parametrize(
    ("dump", "environment", "settings"),
    [
        (
            DUMP,
            {},
            (
                'Acquire::http::Proxy "http://proxy.test:3128";',
                'Acquire::https::CAInfo "/etc/ssl/own.pem";',
                'Acquire::Check-Valid-Until "false";',
            ),
        ),
        ("", {"http_proxy": "http://env.test:1"}, ('Acquire::http::Proxy "http://env.test:1";',)),
        (
            'Acquire::http::Proxy "http://proxy.test:3128";\n',
            {"http_proxy": "http://env.test:1"},
            ('Acquire::http::Proxy "http://proxy.test:3128";',),
        ),
        ("", {}, ()),
    ],
)
def test_only_the_way_to_the_mirror_is_passed_on(
    dump: str, environment: dict[str, str], settings: tuple[str, ...]
) -> None:
    assert route_settings(dump, environment) == settings


def test_sources_with_security() -> None:
    text = sources_text(Mirror("http://m.test/debian", "http://m.test/security"), "trixie", signed_by="/k.gpg")
    assert text == (
        "Types: deb\nURIs: http://m.test/debian\nSuites: trixie trixie-updates\nComponents: main\nSigned-By: /k.gpg\n"
        "\n"
        "Types: deb\nURIs: http://m.test/security\nSuites: trixie-security\nComponents: main\nSigned-By: /k.gpg\n"
    )


def test_sources_without_security() -> None:
    assert "security" not in sources_text(Mirror("http://m.test/debian"), "trixie", signed_by="/k.gpg")
