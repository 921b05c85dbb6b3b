"""Loopback ports: which are free, and whether somebody else has one of ours."""

from __future__ import annotations

import itertools
import random
import socket
import time
from typing import Final

from gateway.network.errors import PortTaken
from gateway.network.home import Ports
from gateway.network.members import GATEWAYS

LOOPBACK: Final = "127.0.0.1"
DEFAULT_PORTS: Final = Ports(chain=8545, gateways={"brand": 8101, "suppliers": 8102, "pool": 8103})
_CHOICE: Final = range(20_000, 32_000)
"""Below what systems hand out to outgoing connections: such a one could take a port in between."""
GRACE_S: Final = 3.0
"""How long a process of ours that was killed a moment ago may keep its port."""


def free_ports() -> Ports:
    """Loopback ports that nobody listens on now, and that no connection is given by chance."""
    numbers = random.SystemRandom().sample(_CHOICE, len(_CHOICE))
    free = (number for number in numbers if not is_taken(number))
    chain, *gateways = itertools.islice(free, 1 + len(GATEWAYS))
    return Ports(chain, dict(zip(GATEWAYS, gateways, strict=True)))


def is_taken(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return True
    return False


def require_free(name: str, port: int) -> None:
    """Refuse to start a part of the network whose port somebody else has.

    Raises
    ------
    PortTaken
        If somebody still listens on it after `GRACE_S` seconds.
    """
    deadline_s = time.monotonic() + GRACE_S
    while is_taken(port):
        if time.monotonic() > deadline_s:
            raise PortTaken(
                f"port {port}, where {name} is to listen, is taken by another program. Stop that "
                "program (`consign down`, if it is another network of yours), or let the network "
                "move to free ports: consign up --free-ports"
            )
        time.sleep(0.05)
