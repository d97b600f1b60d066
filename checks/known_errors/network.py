"""Docker's networks, name servers and registries."""

from __future__ import annotations

from checks.known_error import KnownError

FORWARDING = KnownError(
    ("IPv4 forwarding is disabled. Networking will not work",),  # moby daemon_unix.go
    "The kernel does not pass packets on, so containers reach nothing.",
    "sudo sysctl -w net.ipv4.ip_forward=1, and in /etc/sysctl.d to keep it",
    ("dk.forward",),
)
CHAINS_GONE = KnownError(
    (  # firewalld#503; moby#26494
        "iptables: No chain/target/match by that name",
        "Chain 'DOCKER' does not exist",
        "iptables failed: iptables … -j DOCKER",
    ),
    "Somebody flushed Docker's chains after the daemon started: firewalld, ufw or nft.",
    "sudo systemctl restart docker",
    ("dk.iptables",),
)
MTU = KnownError(
    ("net/http: TLS handshake timeout", "TLS handshake timeout"),
    "Large packets get lost: Docker's bridge has a larger MTU than the way out; or the registry is slow to answer.",
    'In /etc/docker/daemon.json: "mtu": 1450, and default-network-opts for networks of one\'s own (moby#20178)',
    ("dk.mtu", "net.registry"),
)
DNS = KnownError(
    (  # debops#1929; ufw-docker#63
        "Temporary failure in name resolution",
        "Could not resolve host",
        "Temporary failure resolving …",
        "dial tcp: lookup …: no such host",
        "lookup … on …: server misbehaving",
    ),
    "A name could not be resolved. In containers: they inherit a name server that only the host can reach"
    " (127.0.0.53), or the firewall keeps them from it.",
    'Take "dns": ["127.0.0.53"] out of daemon.json or name a real one; ufw allow in on br-+ to any port 53',
    ("dk.dns", "ctr.dns", "net.registry"),
)
POOLS = KnownError(
    (  # moby ipamapi/contract.go
        "all predefined address pools have been fully subnetted",
        "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network",
        "non-overlapping IPv4 address pool among the defaults",
    ),
    "Docker has no range of addresses left for one more network.",
    "docker network prune; or set default-address-pools in daemon.json",
    ("dk.pools",),
)
REGISTRY = KnownError(
    (
        "dial tcp …: i/o timeout",
        "dial tcp …: connect: connection refused",
        "net/http: request canceled while waiting for connection",
        "Client.Timeout exceeded while awaiting headers",
        "proxyconnect tcp: …",
    ),
    "The registry does not answer: network, firewall, or a proxy that the daemon was not told of.",
    "The daemon's proxy stands in daemon.json (proxies) or a drop-in of docker.service, not in the shell's environment",
    ("net.registry",),
)
RATE_LIMIT = KnownError(
    (  # hub-feedback#2464
        "toomanyrequests: You have reached your unauthenticated pull rate limit",
        "toomanyrequests: You have reached your pull rate limit",
        "toomanyrequests",
    ),
    "Docker Hub gives no more images to this address for now.",
    "docker login; or provision with --registry-mirror URL; or wait some hours",
    ("net.ratelimit", "net.registry"),
)
UNTRUSTED = KnownError(
    ("x509: certificate signed by unknown authority", "x509: certificate is valid for …"),
    "Somebody between host and registry shows a certificate of its own: a proxy that looks into TLS, or a registry"
    " of one's own.",
    "Put its certificate into /usr/local/share/ca-certificates, then: sudo update-ca-certificates &&"
    " sudo systemctl restart docker",
    ("net.registry",),
)
NOT_ALLOWED = KnownError(
    (
        "pull access denied for …",
        "denied: requested access to the resource is denied",
        "unauthorized: authentication required",
    ),
    "There is no such image, or it is not for everybody.",
    "Check its name; for one of your own, and for some of nvcr.io: docker login REGISTRY",
)
PORT_TAKEN = KnownError(
    (
        "port is already allocated",
        "failed to bind host port …: address already in use",
        "driver failed programming external connectivity on endpoint …",
    ),
    "The host's port that the container is to have is another's already.",
    "sudo ss -ltnp shows whose; publish another: docker run -p 127.0.0.1:OTHER:PORT",
)
NO_MANIFEST = KnownError(
    ("manifest unknown", "manifest for … not found"),
    "The registry has no image of that name and tag; NVIDIA deletes old tags of nvidia/cuda, and has no `latest`.",
    "Choose a tag that is there, such as with: ./gpudock verify HOST --cuda-image nvidia/cuda:TAG",
    ("ctr.smoke",),
)
