"""What is removed only on demand, after its containers and volumes were named: Docker from snap, nvidia-docker 1.0.

Stand-ins: the programs `snap` and `docker` of a snap, for no snapd can run here, and the volume plugin of nvidia-docker
1.0. The engine, its containers and volumes are real.
"""

from __future__ import annotations

import pytest

from lab import Host
from tests.lab.conftest import RaiseHost
from tests.lab.driving import Gpudock, look, write
from tests.lab.mishaps import assert_nothing_is_left_to_do, traces

DOCKER_OF_SNAP = """#!/bin/sh
case $1 in
ps) printf 'snap-container %s\\n' web db;;
volume) echo 'snap-volume data';;
esac
"""
SNAP = """#!/bin/sh
[ "$*" = 'remove --purge docker' ] && rm /snap/bin/docker
"""

# Answers as a volume plugin of Docker's must (docker/docs, engine/extend/plugins_volume), and forgets at its end.
PLUGIN = r"""
use IO::Socket::UNIX;
mkdir "/run/docker/plugins";
my $server = IO::Socket::UNIX->new(Local => "/run/docker/plugins/nvidia-docker.sock", Listen => 5) or die $!;
my %volumes;
sub shown { return qq({"Name": "$_[0]", "Mountpoint": "/srv"}) }
while (my $client = $server->accept) {
  my ($request, $size) = (scalar <$client>, 0);
  while ((my $line = <$client>) ne "\r\n") { $size = $1 if $line =~ /^Content-Length: (\d+)/i }
  read $client, my $body, $size if $size;
  my ($name) = ($body // "") =~ /"Name":"([^"]*)"/;
  my $answer = '{"Err": ""}';
  if ($request =~ /Activate/) { $answer = '{"Implements": ["VolumeDriver"]}' }
  elsif ($request =~ /Create/) { $volumes{$name} = 1 }
  elsif ($request =~ /Remove/) { delete $volumes{$name} }
  elsif ($request =~ /List/) { $answer = '{"Volumes": [' . join(",", map { shown($_) } keys %volumes) . ']}' }
  elsif ($request =~ /Get/) { $answer = $volumes{$name} ? '{"Volume": ' . shown($name) . "}" : '{"Err": "none"}' }
  elsif ($request =~ /Mount|Path/) { $answer = '{"Mountpoint": "/srv"}' }
  print $client "HTTP/1.0 200 OK\r\nContent-Length: " . length($answer) . "\r\n\r\n$answer";
  close $client;
}
"""


@pytest.fixture(scope="module")
def host(lab_host: RaiseHost) -> Host:
    return lab_host(name="leftovers")


def test_docker_from_snap_is_named_and_goes_on_demand(host: Host, gpudock: Gpudock) -> None:
    """Red when `leftovers` needs no option, `_tenant_obstacles` names nothing, or `tenants.py` knows no snap."""
    write(host, "/snap/bin/docker", DOCKER_OF_SNAP)
    write(host, "/usr/local/bin/snap", SNAP)
    look(host, "chmod +x /snap/bin/docker /usr/local/bin/snap")
    before = traces(host)
    refused = gpudock.run("provision", f"root@{host.name}", "--yes")
    assert refused.code == 70, refused.all
    assert "Docker from snap runs here, with containers: web, db; volumes: data: --remove-snap-docker" in refused.err
    assert traces(host) == before
    said = gpudock.run("provision", f"root@{host.name}", "--yes", "--remove-snap-docker")
    assert said.code == 0, said.all
    assert "stops the running containers web, db" in said.out
    assert look(host, "ls -A /snap/bin") == ""
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host)


def test_volumes_of_nvidia_docker_1_are_named_and_go_on_demand(host: Host, gpudock: Gpudock) -> None:
    """Red when `leftovers` needs no option, or leaves the containers that keep the volumes alive."""
    write(host, "/root/plugin.pl", PLUGIN)
    look(host, "systemd-run -q --unit=plugin perl /root/plugin.pl; docker plugin ls >/dev/null")
    look(host, "docker volume create -d nvidia-docker nvidia_driver_384")
    look(host, "docker create --name job -v nvidia_driver_384:/usr/local/nvidia:ro hello-world")
    refused = gpudock.run("provision", f"root@{host.name}", "--yes")
    assert refused.code == 70, refused.all
    assert "nvidia-docker 1.0 has left containers: job; volumes: nvidia_driver_384 here" in refused.err
    assert "job" in look(host, "docker ps -a --format '{{.Names}}'")
    said = gpudock.run("provision", f"root@{host.name}", "--yes", "--remove-nvidia-docker1")
    assert said.code == 0, said.all
    assert "Remove the volumes of nvidia-docker 1.0: nvidia_driver_384" in said.out
    assert look(host, "docker ps -aq; docker volume ls -q") == ""
    assert_nothing_is_left_to_do(gpudock, f"root@{host.name}", host)
