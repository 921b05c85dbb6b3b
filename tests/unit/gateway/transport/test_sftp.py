"""A partner's SFTP server, a real one on loopback, gives and takes whole files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from gateway.transport.assembly import channel_of
from gateway.transport.channel import ChannelFault, Limits
from gateway.transport.declaration import SftpDeclaration
from ledger.outward import LOOPBACK
from tests.unit.gateway.transport.conftest import EACH, LIMITS, ORDER, Yard, until


@dataclass
class Server:
    """A server whose root is a folder, and the keys of both sides."""

    root: Path
    port: int
    host_key: str
    user_key: Path
    forbidden: set[str]

    def declared(self, **fields: Any) -> SftpDeclaration:
        chosen = {
            **EACH,
            "kind": "sftp",
            "host": "127.0.0.1",
            "port": self.port,
            "user": "brand",
            "key": self.user_key,
            "host_keys": [self.host_key],
            "collect": "/outbound",
            "bring": "/inbound",
        }
        return SftpDeclaration.model_validate(chosen | fields)

    def names(self, folder: str) -> list[str]:
        return sorted(each.name for each in (self.root / folder).iterdir())


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    root, forbidden = tmp_path / "server", set[str]()
    for name in ("outbound", "inbound", "done"):
        (root / name).mkdir(parents=True)
    host, user = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    user.write_private_key(tmp_path / "user")
    user.write_public_key(tmp_path / "user.pub")

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
            super().__init__(channel, chroot=str(root).encode())

        def remove(self, path: bytes) -> Any:
            if "remove" in forbidden:
                raise asyncssh.SFTPPermissionDenied("nobody removes anything here")
            return super().remove(path)

        def posix_rename(self, oldpath: bytes, newpath: bytes) -> Any:
            if "posix_rename" in forbidden:
                raise asyncssh.SFTPOpUnsupported("never heard of it")
            return super().posix_rename(oldpath, newpath)

        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> Any:
            if "open" in forbidden:
                raise asyncssh.SFTPPermissionDenied("the disk is full")
            return super().open(path, pflags, attrs)

    listening = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[host],
        authorized_client_keys=str(tmp_path / "user.pub"),
        sftp_factory=Files,
    )
    key = host.export_public_key().decode()
    yield Server(root, listening.get_port(), key, tmp_path / "user", forbidden)
    listening.close()
    await listening.wait_closed()


async def test_what_lies_there_is_taken_in_and_removed(yard: Yard, server: Server) -> None:
    (server.root / "outbound" / "order.xml").write_bytes(ORDER)
    (server.root / "outbound" / "order.xml.part").write_bytes(ORDER[:50])
    async with yard.carrying(server.declared()):
        await until(lambda: server.names("outbound") == ["order.xml.part"])
    (message,) = yard.taken()
    assert (message.state, yard.content(message)) == ("ready", ORDER)


async def test_what_lies_there_is_moved_where_the_partner_wants_it(
    yard: Yard, server: Server
) -> None:
    (server.root / "outbound" / "order.xml").write_bytes(ORDER)
    async with yard.carrying(server.declared(done="/done")):
        await until(lambda: server.names("done"))
    (message,) = yard.taken()
    assert server.names("done") == [f"{message.id}-order.xml"]
    assert server.names("outbound") == []


@pytest.mark.parametrize("is_agreed", [True, False])
async def test_what_stays_where_it_is_is_taken_once(
    yard: Yard, server: Server, is_agreed: bool
) -> None:
    if not is_agreed:
        server.forbidden.add("remove")
    path = server.root / "outbound" / "order.xml"
    path.write_bytes(ORDER)
    for _ in range(2):
        async with yard.carrying(server.declared(keeps=is_agreed)):
            await until(yard.taken)
            # Who stops a porter before that has a file taken twice, and known by its content.
            await until(yard.mark)
            await asyncio.sleep(0.3)
    assert [each.arrivals for each in yard.taken()] == [1]
    async with yard.carrying(server.declared(keeps=is_agreed)):
        path.write_bytes(ORDER + b"\n")
        await until(lambda: len(yard.taken()) == 2)


async def test_a_file_that_still_grows_is_taken_whole(yard: Yard, server: Server) -> None:
    async with yard.carrying(server.declared(settle_s=0.3)):
        with (server.root / "outbound" / "order.xml").open("wb", buffering=0) as file:
            for first in range(0, len(ORDER), 1_000):
                file.write(ORDER[first : first + 1_000])
                await asyncio.sleep(0.02)
        await until(yard.taken)
    (message,) = yard.taken()
    assert yard.content(message) == ORDER


async def test_what_is_too_large_stays_and_is_named(yard: Yard, server: Server) -> None:
    (server.root / "outbound" / "order.xml").write_bytes(b"x" * 2_001)
    channel = channel_of(server.declared(), Limits(2_000, 5), LOOPBACK)
    async with channel.visit({}) as visit:
        assert [each async for each in visit.collect()] == []
    assert visit.complaints == ["order.xml has more than 2000 bytes"]
    assert server.names("outbound") == ["order.xml"]


@pytest.mark.parametrize("missing", [set(), {"posix_rename"}])
async def test_what_is_for_the_partner_lies_there_whole_and_once(
    yard: Yard, server: Server, missing: set[str]
) -> None:
    server.forbidden.update(missing)
    id_ = yard.put()
    async with yard.carrying(server.declared()):
        await until(lambda: yard.sent(id_).state == "delivered")
    (name,) = server.names("inbound")
    assert name.endswith(f"-{id_}-Order.xml")
    assert (server.root / "inbound" / name).read_bytes() == ORDER


async def test_who_does_not_take_a_message_is_asked_again_and_then_no_more(
    yard: Yard, server: Server
) -> None:
    server.forbidden.add("open")
    id_ = yard.put()
    async with yard.carrying(server.declared()):
        await until(lambda: yard.sent(id_).state == "failed")
    shown = yard.sent(id_)
    assert (shown.attempts, shown.error) == (3, "SFTPPermissionDenied: the disk is full")


async def test_a_server_that_is_another_is_not_spoken_to(yard: Yard, server: Server) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    channel = channel_of(server.declared(host_keys=[other]), LIMITS, LOOPBACK)
    with pytest.raises(ChannelFault, match="HostKeyNotVerifiable"):
        async with channel.visit({}):
            pass


async def test_a_key_that_the_server_does_not_know_is_refused(
    yard: Yard, server: Server, tmp_path: Path
) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(tmp_path / "other")
    channel = channel_of(server.declared(key=tmp_path / "other"), LIMITS, LOOPBACK)
    with pytest.raises(ChannelFault, match="PermissionDenied"):
        async with channel.visit({}):
            pass


async def test_an_address_inside_is_not_connected_to(server: Server) -> None:
    for host in ("127.0.0.1", "localhost", "10.0.0.1"):
        channel = channel_of(server.declared(host=host), LIMITS, ())
        with pytest.raises(ChannelFault, match="OutwardAddressRefused"):
            async with channel.visit({}):
                pass


async def test_a_server_that_is_away_is_tried_again(yard: Yard, server: Server) -> None:
    id_ = yard.put()
    declared = server.declared(port=1)
    async with yard.carrying(declared):
        await asyncio.sleep(0.2)
    shown = yard.sent(id_)
    assert (shown.state, shown.attempts) == ("waiting", 0)
    async with yard.carrying(server.declared()):
        await until(lambda: yard.sent(id_).state == "delivered")
