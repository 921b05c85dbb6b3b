"""A partner's SFTP server: its key is pinned, and only what is whole is fetched and brought."""

from __future__ import annotations

import asyncio
import socket
import stat
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import asyncssh

from gateway.transport.channel import ChannelFault, Limits, Mark, Parcel, Taken
from gateway.transport.declaration import SftpDeclaration
from gateway.transport.settling import Settling, is_message_name
from ledger.outward import Network, OutwardAddressRefused, require_allowed

LISTED_MAX: Final = 10_000
"""Names of a folder that are looked at."""

_KEPT: Final = "kept"
_CHUNK: Final = 256 * 1024


class SftpChannel:
    """A server that is asked for messages, and given some.

    Parameters
    ----------
    allowed : sequence of networks
        Where this gateway may connect to beside the public internet.
    """

    def __init__(
        self, declared: SftpDeclaration, limits: Limits, allowed: Sequence[Network]
    ) -> None:
        self._declared = declared
        self._limits = limits
        self._allowed = allowed
        self._settling = Settling(declared.settle_s)

    @asynccontextmanager
    async def visit(self, mark: Mark) -> AsyncIterator[SftpVisit]:
        """Connect, once the server has shown the key that it is known by."""
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                connection = await self._connect()
            async with connection, connection.start_sftp_client() as client:
                yield SftpVisit(client, self._declared, self._limits, self._settling, mark)
        except (OSError, asyncssh.Error) as error:
            raise fault(error) from error

    async def _connect(self) -> asyncssh.SSHClientConnection:
        declared = self._declared
        keys = [asyncssh.import_public_key(text) for text in declared.host_keys]
        return await asyncssh.connect(
            await self._address(),
            declared.port,
            username=declared.user,
            password=_secret(declared.password_file),
            client_keys=None if declared.key is None else [str(declared.key)],
            known_hosts=(keys, [], []),
            # Nothing of whoever runs this process: its agent, its keys, its settings.
            agent_path=None,
            config=None,
            connect_timeout=self._limits.timeout_s,
            login_timeout=self._limits.timeout_s,
            keepalive_interval=15,
        )

    async def _address(self) -> str:
        """Choose the first address of the host that may be connected to; it is connected to."""
        found = await asyncio.get_running_loop().getaddrinfo(
            self._declared.host, self._declared.port, type=socket.SOCK_STREAM
        )
        refused: OutwardAddressRefused | None = None
        for *_, place in found:
            try:
                require_allowed(str(place[0]), self._allowed)
                return str(place[0])
            except OutwardAddressRefused as error:
                refused = error
        raise refused or OSError(f"{self._declared.host} has no address")


class SftpVisit:
    """One connection to the server."""

    def __init__(
        self,
        client: asyncssh.SFTPClient,
        declared: SftpDeclaration,
        limits: Limits,
        settling: Settling,
        mark: Mark,
    ) -> None:
        self._client = client
        self._declared = declared
        self._limits = limits
        self._settling = settling
        self.mark = mark
        self.complaints: list[str] = []

    async def collect(self) -> AsyncGenerator[Parcel, None]:
        """Fetch what has not changed for a while, and does not change while it is fetched."""
        folder = self._declared.collect
        if folder is None:
            return
        looks = await self._list(folder)
        kept = {name: look for name, look in self._kept().items() if looks.get(name) == look}
        self.mark = {_KEPT: kept}
        for name in self._settling.settled({name: tuple(look) for name, look in looks.items()}):
            if name in kept:
                continue
            content = await self._fetch(f"{folder}/{name}", name, looks[name])
            if content is not None:
                yield Parcel(name, content, stamp={"look": looks[name]})

    async def let_go(self, parcel: Parcel, taken: Taken) -> None:
        """Move, remove or remember what the inbox keeps now."""
        path = f"{self._declared.collect}/{parcel.name}"
        if not self._declared.keeps:
            try:
                if self._declared.done is not None:
                    await self._rename(path, f"{self._declared.done}/{taken.id}-{parcel.name}")
                else:
                    await self._client.remove(path)
                return
            except asyncssh.SFTPNoSuchFile:
                return
            except asyncssh.SFTPError as error:
                self.complaints.append(f"{parcel.name} cannot be put away: {error.reason}")
        self.mark = {_KEPT: {**self._kept(), parcel.name: parcel.stamp["look"]}}

    async def bring(self, name: str, content: bytes, media_type: str) -> None:
        """Upload a message under another name, and name it when it is whole."""
        path = f"{self._declared.bring}/{name}"
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                async with self._client.open(f"{path}.part", "wb") as file:
                    await file.write(content)
                await self._rename(f"{path}.part", path)
        except (OSError, asyncssh.Error) as error:
            raise fault(error) from error

    def _kept(self) -> dict[str, list[int]]:
        kept: dict[str, list[int]] = self.mark.get(_KEPT, {})
        return kept

    async def _list(self, folder: str) -> dict[str, list[int]]:
        """List files that may be messages, each with what changes when it does."""
        looks: dict[str, list[int]] = {}
        async for entry in self._client.scandir(folder):
            name, found = str(entry.filename), entry.attrs
            if is_message_name(name) and stat.S_ISREG(found.permissions or 0):
                looks[name] = _look(found)
            if len(looks) >= LISTED_MAX:
                break
        return looks

    async def _fetch(self, path: str, name: str, look: list[int]) -> bytes | None:
        if look[0] > self._limits.bytes_max:
            self.complaints.append(f"{name} has more than {self._limits.bytes_max} bytes")
            return None
        content = bytearray()
        async with self._client.open(path, "rb") as file:
            # What the server says of the size is not believed.
            while len(content) <= self._limits.bytes_max:
                async with asyncio.timeout(self._limits.timeout_s):
                    chunk = await file.read(_CHUNK)
                if not chunk:
                    break
                assert isinstance(chunk, bytes), "the file is open in binary"
                content += chunk
        after = _look(await self._client.lstat(path))
        return bytes(content) if after == look and len(content) == look[0] else None

    async def _rename(self, path: str, target: str) -> None:
        """Rename over what is there; servers without that extension are asked twice."""
        try:
            await self._client.posix_rename(path, target)
        except asyncssh.SFTPOpUnsupported:
            with suppress(asyncssh.SFTPNoSuchFile):
                await self._client.remove(target)
            await self._client.rename(path, target)


def _look(found: asyncssh.SFTPAttrs) -> list[int]:
    return [found.size or 0, found.mtime or 0]


def _secret(path: Path | None) -> str | None:
    return None if path is None else path.read_text(encoding="utf-8").strip()


def fault(error: Any) -> ChannelFault:
    """Say what is wrong with a server, or with one thing asked of it."""
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or str(error)
    is_away = not isinstance(error, asyncssh.SFTPError)
    return ChannelFault(type(error).__name__, str(reason) or "no answer in time", is_away=is_away)
