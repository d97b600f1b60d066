"""Containers of an image that the host makes of its own files: they need no registry."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from provisioning.probe import Facts, Probe

SECONDS = 90

# A library without cuInit is a stand-in for NVIDIA's, which says nothing of CUDA.
_CUDA = """
import ctypes, os
places = ("/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu")
files = [os.path.join(place, name) for place in places if os.path.isdir(place) for name in os.listdir(place)]
found = [path for path in files if "/libcuda.so." in path]
if found and not any(b"cuInit" in open(path, "rb").read() for path in found):
    print("cuda foreign")
else:
    try:
        cuda = ctypes.CDLL("libcuda.so.1")
        count = ctypes.c_int()
        code = cuda.cuInit(0) or cuda.cuDeviceGetCount(ctypes.byref(count))
        print("cuda", code, count.value)
    except OSError as error:
        print("cuda absent", error)
"""
_IMPORTED = """
import ctypes, os, sys
for module in list(sys.modules.values()):
    if getattr(module, "__file__", None):
        print(module.__file__)
"""
_INSIDE = r"""
echo engine runs
[ -z "$1" ] || { timeout 8 getent ahostsv4 "$1" >/dev/null && echo inside dns yes || echo inside dns no; }
[ -z "$2" ] || { timeout 8 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$2" "$3" 2>/dev/null && echo inside reach yes ||
  echo inside reach no; }
"""

# getent asks the name server itself: what stands in the host's /etc/hosts is not for containers to know.
SNIPPET = (
    f"""
imported={shlex.quote(_IMPORTED)}
cuda={shlex.quote(_CUDA)}
inside={shlex.quote(_INSIDE)}
"""
    r"""
image=gpudock-made-on-this-host:$$
bash=$(command -v bash) || { echo "unmade no bash"; exit 0; }
python=; [ "$gpu" = yes ] && python=$(command -v python3)
needed() { ldd "$1" 2>/dev/null | sed -n -e 's/.*=> \(\/[^ ]*\).*/\1/p' -e 's/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p'; }
contents() {
  for program in bash timeout getent; do command -v $program && needed "$(command -v $program)"; done
  for library in /lib/*/libnss_dns.so.2 /lib/*/libresolv.so.2; do [ -e "$library" ] && echo "$library"; done
  [ -n "$python" ] || return 0
  echo "$python"; needed "$python"
  "$python" -I -S -c "$imported" | while read -r module; do
    echo "$module"; case $module in *.so) needed "$module";; esac
  done
  needed "$(ldconfig -p | sed -n 's/.*libcuda\.so\.1 .*64.* => //p' | head -n 1)"
}
said=$(contents | sort -u | sed 's,^/,,' | tar -chf - -C / -T - 2>/dev/null | docker import \
  -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' -c 'ENV NVIDIA_VISIBLE_DEVICES=all' \
  -c 'ENV NVIDIA_DRIVER_CAPABILITIES=compute,utility' - "$image" 2>&1) || {
  printf 'unmade %s\n' "$said" | head -n 1; exit 0; }
echo made
[ -z "$python" ] || { said=$(docker run --rm --network none --gpus all "$image" "$python" -I -S -c "$cuda" 2>&1)
  [ $? -eq 0 ] && printf '%s\n' "$said" || printf 'cuda unstarted %s\n' "$(printf %s "$said" | tail -n 1)"; } &
names=$(docker info --format '{{range .RegistryConfig.Mirrors}}{{println .}}{{end}}' 2>/dev/null)
name= host= port=
for url in $names https://registry-1.docker.io; do
  at=${url#*://}; at=${at%%/*}; at=${at##*@}; bare=${at%:*}
  case $bare in 127.*|localhost|\[*) continue;; esac
  case $at in *:*) to=${at##*:};; *) to=443; case $url in http:*) to=80;; esac;; esac
  case $bare in *[!0-9.]*) [ -n "$name" ] || ! timeout 4 getent -s dns hosts "$bare" >/dev/null || name=$bare;; esac
  [ -n "$host" ] || ! timeout 4 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$bare" "$to" 2>/dev/null || { host=$bare port=$to; }
done
[ -z "$name" ] || echo "outside dns $name"
[ -z "$host" ] || echo "outside reach $host:$port"
said=$(docker run --rm "$image" "$bash" -c "$inside" bash "$name" "$host" "$port" 2>&1) && printf '%s\n' "$said" || {
  printf 'network %s\n' "$(printf %s "$said" | tail -n 1)"
  said=$(docker run --rm --network none "$image" "$bash" -c "echo engine runs" 2>&1) && echo "$said" ||
    printf 'engine %s\n' "$(printf %s "$said" | tail -n 1)"
}
wait
docker image rm -f "$image" >/dev/null
"""
)


@dataclass(frozen=True)
class HostImage:
    unmade: str
    """Why there is no such image, '' when there is."""
    engine: str
    """`runs`, or what the engine said instead of running it."""
    network: str
    """What the engine said when it could not give the container a network, '' when it could."""
    name: str
    """A name that the host's name server knows, '' when it knows none of the registries."""
    target: str
    """A registry's HOST:PORT that the host reaches, '' when it reaches none."""
    resolves: bool
    reaches: bool
    """What the container can do of that."""
    cuda: str
    """What cuInit gave: `CODE DEVICES`, `absent WHY`, `foreign`, `unstarted WHY`; '' where it was not tried."""


def parse(text: str) -> HostImage:
    rows = [line.partition(" ")[::2] for line in text.splitlines()]
    first = dict(reversed(rows))
    if "made" not in first and "unmade" not in first:
        raise ValueError("it does not say whether the image was made")
    outside = dict(value.split(" ", 1) for key, value in rows if key == "outside")
    inside = dict(value.split(" ", 1) for key, value in rows if key == "inside")
    return HostImage(
        unmade=first.get("unmade", ""),
        engine=first.get("engine", ""),
        network=first.get("network", ""),
        name=outside.get("dns", ""),
        target=outside.get("reach", ""),
        resolves=inside.get("dns") == "yes",
        reaches=inside.get("reach") == "yes",
        cuda=first.get("cuda", ""),
    )


def host_image_probe(*, gpu: bool) -> Probe[HostImage]:
    """Return the probe; `gpu`: try CUDA too."""
    snippet = f"gpu={'yes' if gpu else 'no'}\n{SNIPPET}"
    return Probe("host_image", snippet, parse, seconds=SECONDS, starts_containers=True)


HOST_IMAGE = host_image_probe(gpu=False)
"""The name under which the answer stands; what is asked depends on the host: see `deep_probes`."""


def engine_runs(facts: Facts) -> bool:
    """Tell whether a container of the image made on the host ran, which proves the engine without a registry."""
    return HOST_IMAGE.name in facts.answers and facts[HOST_IMAGE].engine == "runs"
