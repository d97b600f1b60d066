"""The line about the machine under the table."""

from __future__ import annotations

from benchmarks.machine import describe

CPUINFO = "processor\t: 0\nmodel name\t: Fast CPU\n\nprocessor\t: 1\nmodel name\t: Fast CPU\n"


def test_a_machine_in_one_line() -> None:
    said = describe(CPUINFO, "MemTotal:       24638852 kB\nMemFree: 1 kB\n", "6.1.0", 2, "3.11.7")
    assert said == "2 cores (Fast CPU), memory 23 GiB, Linux 6.1.0, Python 3.11.7"


def test_a_kernel_that_does_not_say_is_unknown() -> None:
    assert describe("", "", "6.1.0", 1, "3.11.7") == "1 cores (unknown), memory unknown, Linux 6.1.0, Python 3.11.7"
