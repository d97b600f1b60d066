"""The CDI specifications of NVIDIA's devices: what they name, and what of it is on the host."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from checks.catalog.toolkit_wiring import version_of
from provisioning.probe import Probe

# YAML or JSON, as `nvidia-ctk cdi generate` writes it: one `key: value` on a line, a dash where an entry begins. A
# device node has its path on the host in hostPath, or in path where both are the same; hooks have theirs in path.
SNIPPET = r"""
finish() {
  at=${host:-$path}
  if [ -n "$at" ]; then
    [ -e "$at" ] || echo "missing $at"
    [ -n "$major" ] && echo "major $major $at"
    case $at in */libcuda.so.*|*/libnvidia-ml.so.*) echo "library $at";; esac
  fi
  host= path= major=
}
for spec in /etc/cdi/* /var/run/cdi/*; do
  case $spec in *.yaml|*.json) ;; *) continue;; esac
  [ -r "$spec" ] || exit 1
  grep -q 'nvidia\.com/' "$spec" || continue
  echo "spec $spec"
  host= path= major=
  { sed -e 's/{/\n- /g' -e 's/[,}]/\n/g' "$spec" | tr -d "\"'" | tr '\t' ' ' | sed -n -e 's/^ *- */-/' -e 's/^ *//' \
      -e '/^-\{0,1\}\(cdiVersion\|hostPath\|path\|major\) *:/{p;d;}' -e 's/^-.*/-/p'; echo -; } |
    while IFS=': ' read -r key value; do
      case $key in -*) finish; key=${key#-};; esac
      case $key in
        cdiVersion) echo "version $value";; hostPath) host=$value;; path) path=$value;; major) major=$value;;
      esac
    done
done
sed -n 's/^ *\([0-9]*\) nvidia-uvm$/uvm \1/p' /proc/devices
stat -c 'node %n %t' /dev/nvidia* 2>/dev/null
true
"""


@dataclass(frozen=True)
class Spec:
    path: str
    version: tuple[int, ...]
    missing: tuple[str, ...]
    """Paths that it names and that are not on the host."""
    majors: Mapping[str, int]
    """Device node → major number, for those that it gives one."""
    drivers: frozenset[str]
    """Versions of the driver whose libraries it names."""


@dataclass(frozen=True)
class CdiSpecs:
    specs: tuple[Spec, ...]
    uvm_major: int | None
    """What /proc/devices has for nvidia-uvm."""
    node_majors: Mapping[str, int]
    """Device node on the host → its major number."""


def parse(text: str) -> CdiSpecs:
    rows = [line.split(" ", 2) for line in text.splitlines()]
    starts = [at for at, row in enumerate(rows) if row[0] == "spec"]
    ends = [*starts[1:], len(rows)]
    uvm = [int(row[1]) for row in rows if row[0] == "uvm"]
    return CdiSpecs(
        specs=tuple(_spec(rows[start:end]) for start, end in zip(starts, ends, strict=False)),
        uvm_major=uvm[0] if uvm else None,
        node_majors={row[1]: int(row[2], 16) for row in rows if row[0] == "node"},
    )


def _spec(rows: list[list[str]]) -> Spec:
    def named(kind: str) -> list[str]:
        return [" ".join(row[1:]) for row in rows if row[0] == kind]

    majors = (value.split(" ", 1) for value in named("major"))
    return Spec(
        path=named("spec")[0],
        version=tuple(int(part) for part in (named("version") or ["0"])[0].split(".")),
        missing=tuple(dict.fromkeys(named("missing"))),
        majors={path: int(number) for number, path in majors},
        drivers=frozenset(filter(None, map(version_of, named("library")))),
    )


SPECS = Probe("cdi_specs", SNIPPET, parse)
