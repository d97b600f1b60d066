"""Addresses for a browser, and NAT rules."""

from __future__ import annotations

import pytest

from provisioning.errors import UsageError
from provisioning.toolbox import reach
from provisioning.toolbox.reach import Rule

SSH = {"nic1": "nat", "nic2": "hostonly", "Forwarding(0)": "ssh,tcp,127.0.0.1,50022,,22"}


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("8888", "http://10.0.0.7:8888/"),
        ("http://127.0.0.1:8888/?token=ab%20c&x=1#y", "http://10.0.0.7:8888/?token=ab%20c&x=1#y"),
        ("http://localhost:8888", "http://10.0.0.7:8888/"),
        ("https://0.0.0.0:8443/lab", "https://10.0.0.7:8443/lab"),
        ("http://3f1b2a77:8888/?token=1", "http://10.0.0.7:8888/?token=1"),
        ("http://(3f1b2a or 127.0.0.1):8888/?token=1", "http://10.0.0.7:8888/?token=1"),
        (" http://localhost/x ", "http://10.0.0.7/x"),
        ("http://127.0.0.1:8888?token=1", "http://10.0.0.7:8888?token=1"),
    ],
)
def test_url(text: str, url: str) -> None:
    assert reach.url(text, "10.0.0.7") == url


@pytest.mark.parametrize("text", ["0", "65536", "", "abc", "ftp://x:1/", "http://localhost:99999/", "-1", "²", "８８"])
def test_neither_port_nor_url(text: str) -> None:
    with pytest.raises(UsageError):
        reach.url(text, "10.0.0.7")


def test_a_rule_is_added_on_the_adapter_behind_nat() -> None:
    rule = reach.wanted({"nic1": "hostonly", "nic2": "nat"}, 8888, 8888)
    assert rule == Rule("gpudock-8888", 8888, 8888, adapter=2)
    assert reach.add("default", rule).argv[1:] == (
        "controlvm",
        "default",
        "natpf2",
        "gpudock-8888,tcp,127.0.0.1,8888,,8888",
    )


def test_where_no_adapter_is_told_it_is_the_first() -> None:
    rule = reach.wanted({}, 9000, 8888)
    assert rule == Rule("gpudock-8888-9000", 9000, 8888)


def test_a_way_that_is_there_is_left_alone() -> None:
    assert reach.wanted({**SSH, "Forwarding(1)": "mine,tcp,,8888,,8888"}, 8888, 8888) is None


def test_a_port_that_leads_elsewhere_is_refused_with_its_rule() -> None:
    with pytest.raises(UsageError, match="'ssh'"):
        reach.wanted(SSH, 50022, 8888)


def test_without_nat_there_is_no_way() -> None:
    with pytest.raises(UsageError, match="no adapter behind NAT"):
        reach.wanted({"nic1": "bridged"}, 8888, 8888)


def test_only_own_rules_are_removed() -> None:
    settings = {**SSH, "Forwarding(1)": "gpudock-22,tcp,127.0.0.1,2222,,22"}
    [rule] = reach.own_rules(settings, 22)
    assert reach.remove("default", rule, settings).argv[1:] == (
        "controlvm",
        "default",
        "natpf1",
        "delete",
        "gpudock-22",
    )
