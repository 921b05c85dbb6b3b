"""Where we let others make us connect to."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_network

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from ledger.outward import (
    LOOPBACK,
    Network,
    OutwardAddressRefused,
    connector,
    require_allowed,
)

PUBLIC = ["8.8.8.8", "1.1.1.1", "2001:4860:4860::8888", "2606:4700:4700::1111", "172.15.255.255"]
PUBLIC += ["172.32.0.1", "100.63.255.255", "100.128.0.1", "169.253.1.1", "11.0.0.1", "128.0.0.1"]
PUBLIC += ["::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]

PRIVATE = ["127.0.0.1", "127.255.255.254", "10.0.0.1", "10.255.255.255", "172.16.0.1"]
PRIVATE += ["172.31.255.255", "192.168.0.1", "192.168.255.255", "169.254.169.254", "100.64.0.1"]
PRIVATE += ["100.127.255.255", "0.0.0.0", "0.1.2.3", "192.0.0.8", "192.0.0.9", "192.0.2.1"]
PRIVATE += ["192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "232.1.1.1"]
PRIVATE += ["239.255.255.255", "240.0.0.1", "255.255.255.255"]
PRIVATE += ["::", "::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%lo", "febf::1", "fec0::1"]
PRIVATE += ["ff02::1", "ff0e::1", "100::1", "2001::1", "2001:10::1", "2001:20::1", "2001:db8::1"]
PRIVATE += ["3fff::1", "5f00::1", "4000::1"]

CARRIED = ["::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.1.2.3", "::ffff:169.254.169.254"]
CARRIED += ["::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe"]
CARRIED += ["64:ff9b::c0a8:1", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::1"]
CARRIED += ["2002:c0a8:1::1", "2001:0:7f00:1::1"]

SPELLINGS = ["2130706433", "0x7f000001", "017700000001", "127.1", "0177.0.0.1", "0x7f.0.0.1"]
SPELLINGS += ["127.0.0.01", "localhost", "", "8.8.8.8:80", "[::1]"]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_address_may_be_connected_to(address: str) -> None:
    require_allowed(address)


@pytest.mark.parametrize("address", [*PRIVATE, *CARRIED])
def test_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(OutwardAddressRefused) as caught:
        require_allowed(address)
    assert str(caught.value).startswith(f"This gateway does not connect to {address}")


@pytest.mark.parametrize("address", SPELLINGS)
def test_what_is_not_written_as_an_address_is_refused(address: str) -> None:
    with pytest.raises(OutwardAddressRefused):
        require_allowed(address, [ip_network("0.0.0.0/0"), ip_network("::/0")])


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("127.0.0.1", "127.0.0.0/8"),
        ("::ffff:127.0.0.1", "127.0.0.0/8"),
        ("::1", "::1/128"),
        ("10.20.0.7", "10.20.0.0/16"),
        ("64:ff9b::10.20.0.7", "10.20.0.0/16"),
        ("64:ff9b:1::7f00:1", "64:ff9b:1::/48"),
    ],
)
def test_named_network_is_allowed_and_its_neighbours_are_not(address: str, network: str) -> None:
    require_allowed(address, [ip_network(network)])
    with pytest.raises(OutwardAddressRefused):
        require_allowed("10.21.0.1", [ip_network(network)])


class Answers(AbstractResolver):
    """A resolver that answers each question with the next of its answers."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked += 1
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self.answers.pop(0)
        ]

    async def close(self) -> None:
        pass


@pytest.fixture
async def local() -> AsyncIterator[int]:
    """The port of a server on the loopback address."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="secret")

    app = web.Application()
    app.router.add_get("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner.addresses[0][1]
    await runner.cleanup()


async def get(
    url: str, allowed: Sequence[Network] = (), resolver: AbstractResolver | None = None
) -> str:
    timeout = aiohttp.ClientTimeout(total=5)
    door = connector(allowed, resolver=resolver)
    async with (
        aiohttp.ClientSession(connector=door, timeout=timeout) as session,
        session.get(url) as answer,
    ):
        return await answer.text()


LITERALS = ["127.0.0.1", "[::ffff:127.0.0.1]", "localhost", "2130706433", "0x7f.1", "0177.0.0.1"]


@pytest.mark.parametrize("host", [*LITERALS, "127.1", "0.0.0.0", "0"])
async def test_no_spelling_of_a_local_host_reaches_a_local_server(local: int, host: str) -> None:
    with pytest.raises((aiohttp.ClientError, ValueError)):
        await get(f"http://{host}:{local}/")


async def test_local_server_is_reached_where_loopback_is_allowed(local: int) -> None:
    assert await get(f"http://127.0.0.1:{local}/", LOOPBACK) == "secret"
    assert await get(f"http://localhost:{local}/", LOOPBACK) == "secret"


async def test_refusal_keeps_its_name_on_the_way_through_the_client(local: int) -> None:
    with pytest.raises(aiohttp.ClientConnectorError) as caught:
        await get(f"http://127.0.0.1:{local}/")
    assert isinstance(caught.value.os_error, OutwardAddressRefused)
    assert "does not connect to 127.0.0.1" in str(caught.value)


async def test_name_of_a_private_address_is_refused(local: int) -> None:
    with pytest.raises(aiohttp.ClientConnectorError):
        await get(f"http://good.example:{local}/", resolver=Answers(["127.0.0.1"]))


async def test_private_address_behind_a_dead_public_one_is_not_connected_to(local: int) -> None:
    # TEST-NET addresses lead nowhere, so the client goes on to the next one.
    both = Answers(["192.0.2.1", "127.0.0.1", "::ffff:127.0.0.1"])
    with pytest.raises(aiohttp.ClientConnectorError):
        await get(f"http://good.example:{local}/", [ip_network("192.0.2.0/24")], both)


async def test_name_that_moves_from_a_public_to_a_private_address_is_refused(local: int) -> None:
    allowed = [ip_network("127.0.0.1/32")]
    rebinding = Answers(["127.0.0.1"], ["127.0.0.2"])
    door = connector(allowed, resolver=rebinding)
    door._use_dns_cache = False
    async with aiohttp.ClientSession(connector=door) as session:
        headers = {"Connection": "close"}
        async with session.get(f"http://moving.example:{local}/", headers=headers) as answer:
            assert await answer.text() == "secret"
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(f"http://moving.example:{local}/")
    assert rebinding.asked == 2
