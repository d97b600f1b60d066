"""What the Docker engine finds on the host, and what its clients are told."""

LINKS = (
    "forward 1\n"
    "link docker0 bridge 1500\nlink eth0 plain 1500\nlink lo plain 65536\n"
    "route eth0 00000000 00000000\n"
    "route eth0 0002000A 00FFFFFF\nroute docker0 000011AC 0000FFFF\n"
    "nameserver /etc/resolv.conf 10.0.2.3\n"
)
READY = {
    "engine_programs": "dockerd /usr/bin/dockerd\nclient /usr/bin/docker\n",
    "client_target": "",
    "ufw": "state absent\n",
    "docker_room": "directory /var/lib/docker\nroom 99999999 1024 1000000 900000\n",
    "engine_links": f"{LINKS}firewall read\nchain nat\nchain forward\n",
}
FRESH = {
    "engine_programs": "dockerd \nclient \n",
    "engine_links": "forward 0\nlink eth0 plain 1500\nroute eth0 00000000 00000000\nfirewall unasked\n",
}
