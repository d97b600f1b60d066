"""Control files: read, written, and rewritten for the vendor's names."""

from __future__ import annotations

from lab.packages.control import Repack, parse, render, rewrite

CONTAINERD = """Package: containerd
Version: 1.7.24-1
Architecture: amd64
Section: admin
Depends: libc6 (>= 2.34), runc (>= 1.0)
Built-Using: golang-1.24 (= 1.24.4-1)
Description: runtime
 of containers
 .
 really
"""
RUNC = "Package: runc\nVersion: 1.1\nArchitecture: amd64\nPre-Depends: dpkg\nDepends: libc6 (>= 2.34), libseccomp2\n"


def test_parse_and_render_are_inverse() -> None:
    assert render(parse(CONTAINERD)) == CONTAINERD
    assert parse(CONTAINERD)["Description"] == "runtime\n of containers\n .\n really"


def test_render_leaves_out_what_is_empty() -> None:
    assert render({"Package": "a", "Depends": ""}) == "Package: a\n"


def test_merged_package_depends_on_what_its_parts_depend_on_but_each_other() -> None:
    repack = Repack("containerd.io", of=("containerd", "runc"), relations={"Conflicts": "containerd, runc"})
    fields = rewrite(repack, [parse(CONTAINERD), parse(RUNC)], "1.7.24-1~x", "A note.")
    assert fields["Package"] == "containerd.io"
    assert fields["Version"] == "1.7.24-1~x"
    assert fields["Architecture"] == "amd64"
    assert fields["Depends"] == "libc6 (>= 2.34), libseccomp2"
    assert fields["Pre-Depends"] == "dpkg"
    assert fields["Conflicts"] == "containerd, runc"
    assert fields["Description"].endswith("a re-pack\n A note.")
    assert "Built-Using" not in fields


def test_vendors_dependencies_come_first_and_unwanted_ones_go() -> None:
    repack = Repack("docker-ce", of=("docker.io",), without=frozenset({"runc"}), relations={"Depends": "containerd.io"})
    fields = rewrite(repack, [{"Depends": "libc6, runc (>= 1.0) | other, runc-tools, iptables"}], "1", "")
    assert fields["Depends"] == "containerd.io, libc6, runc-tools, iptables"
