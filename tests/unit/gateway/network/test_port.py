"""Ports of the local network."""

from __future__ import annotations

import socket

import pytest

from gateway.network import port
from gateway.network.errors import PortTaken


def test_free_ports_are_distinct_and_free() -> None:
    ports = port.free_ports()
    numbers = [ports.chain, *ports.gateways.values()]
    assert len(set(numbers)) == len(numbers)
    assert not any(port.is_taken(number) for number in numbers)


def test_port_of_somebody_else_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port, "GRACE_S", 0.0)
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        number = somebody.getsockname()[1]
        assert port.is_taken(number)
        with pytest.raises(PortTaken, match=rf"port {number}, where brand .* --free-ports"):
            port.require_free("brand", number)
    port.require_free("brand", number)
