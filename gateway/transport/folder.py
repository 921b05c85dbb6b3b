"""A watched folder.

::

in/        where the partner, or a program of ours, puts messages
taking/    what is being read; whatever a crash leaves here is taken up again
done/      what the inbox keeps, under its number there
refused/   the same, where something is wrong with it, beside its findings
out/       messages for the partner, each whole as soon as it has its name
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from gateway.transport.channel import ChannelFault, Limits, Mark, Parcel, Taken
from gateway.transport.declaration import FolderDeclaration
from gateway.transport.settling import Settling, is_message_name
from ledger.database import in_thread

IN: Final = "in"
TAKING: Final = "taking"
DONE: Final = "done"
REFUSED: Final = "refused"
OUT: Final = "out"

_FOLDERS: Final = (IN, TAKING, DONE, REFUSED, OUT)
_READ: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class FolderChannel:
    """A folder that is looked into."""

    def __init__(self, declared: FolderDeclaration, limits: Limits) -> None:
        self._path = declared.path
        self._limits = limits
        self._settling = Settling(declared.settle_s)

    @asynccontextmanager
    async def visit(self, mark: Mark) -> AsyncIterator[FolderVisit]:
        """Look at the folder, and make what is missing of it."""
        try:
            await in_thread(self._make)
            yield FolderVisit(self._path, self._limits, self._settling, mark)
        except OSError as error:
            raise _fault(error) from error

    def _make(self) -> None:
        for name in _FOLDERS:
            (self._path / name).mkdir(parents=True, exist_ok=True)


class FolderVisit:
    """One look into the folder."""

    def __init__(self, path: Path, limits: Limits, settling: Settling, mark: Mark) -> None:
        self._path = path
        self._limits = limits
        self._settling = settling
        self.mark = mark
        self.complaints: list[str] = []

    async def collect(self) -> AsyncGenerator[Parcel, None]:
        """Move what is whole out of the partner's reach, and then read it."""
        await in_thread(self._claim)
        for name in await in_thread(self._claimed):
            try:
                content = await in_thread(self._read, name)
            except OSError as error:
                self.complaints.append(f"{name}: {error.strerror}")
                continue
            if content is not None:
                yield Parcel(name, content)

    async def let_go(self, parcel: Parcel, taken: Taken) -> None:
        """Move a parcel to the others that are done, or refused."""
        await in_thread(self._put_away, parcel.name, taken.id, taken.state, taken.findings)

    async def bring(self, name: str, content: bytes, media_type: str) -> None:
        """Write a message, and give it its name when it is whole."""
        try:
            await in_thread(_write, self._path / OUT / name, content)
        except OSError as error:
            raise _fault(error) from error

    def _claim(self) -> None:
        looks = {}
        with os.scandir(self._path / IN) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(found.st_mode) and is_message_name(entry.name):
                    looks[entry.name] = (found.st_ino, found.st_size, found.st_mtime_ns)
        for name in self._settling.settled(looks):
            # What is there under this name is of an earlier visit, and is taken first.
            if not (self._path / TAKING / name).exists():
                self._take(name)

    def _take(self, name: str) -> None:
        try:
            os.rename(self._path / IN / name, self._path / TAKING / name)
        except OSError as error:
            self.complaints.append(f"{name}: {error.strerror}")

    def _claimed(self) -> list[str]:
        return sorted(each.name for each in (self._path / TAKING).iterdir())

    def _read(self, name: str) -> bytes | None:
        """Read a file that nobody changes meanwhile; who had it open may write on."""
        with open(os.open(self._path / TAKING / name, _READ), "rb") as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                return None
            if before.st_size > self._limits.bytes_max:
                self._put_away(name, "large", REFUSED, [_too_large(self._limits.bytes_max)])
                return None
            content = file.read(self._limits.bytes_max + 1)
            after = os.fstat(file.fileno())
        is_still = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
        return content if is_still and len(content) == after.st_size else None

    def _put_away(self, name: str, id_: str, state: str, findings: list[dict[str, Any]]) -> None:
        folder = self._path / (REFUSED if state == REFUSED else DONE)
        target = _unused(folder, f"{id_}-{name}")
        if findings:
            text = json.dumps(findings, ensure_ascii=False, indent=2)
            _write(target.with_name(f"{target.name}.findings.json"), text.encode())
        os.rename(self._path / TAKING / name, target)


def _write(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def _unused(folder: Path, name: str) -> Path:
    """Find a name that overwrites nothing: what comes again has the number of the first."""
    path, number = folder / name, 1
    while path.exists():
        number += 1
        path = folder / f"{number}-{name}"
    return path


def _too_large(bytes_max: int) -> dict[str, Any]:
    return {
        "rule": f"A message has at most {bytes_max} bytes.",
        "line": 1,
        "column": 1,
        "path": "",
        "found": "",
        "what_to_do": "Send it in parts, or raise messages.bytes_max in the settings.",
    }


def _fault(error: OSError) -> ChannelFault:
    return ChannelFault(type(error).__name__, error.strerror or str(error), is_away=True)
