"""What an import has done so far, so that a kill costs nothing."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Self


class Journal:
    """One line per row that is done, appended and flushed; read back at the next start.

    A row whose line was lost is sent again under the same idempotency keys, and the gateways answer
    with what they recorded the first time: the journal saves time, the keys save the ledger.

    Parameters
    ----------
    path : Path
        The file; made if absent.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.done: dict[str, str] = dict(_entries(path))
        self._file = path.open("a", encoding="utf-8")

    @classmethod
    def of(cls, folder: Path, content: Path, profile: str, agreement: str) -> Self:
        """The journal of one file under one profile and agreement."""
        with content.open("rb") as stream:
            file_digest = hashlib.file_digest(stream, "sha256").hexdigest()
        name = hashlib.sha256(f"{file_digest}\n{profile}\n{agreement}".encode()).hexdigest()
        return cls(folder / f"{name[:32]}.jsonl")

    def note(self, key: str, order: str) -> None:
        """Note that a row is done, and which order it became."""
        self.done[key] = order
        self._file.write(json.dumps([key, order]) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _entries(path: Path) -> list[tuple[str, str]]:
    if not path.exists():
        return []
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            key, order = json.loads(line)
        except ValueError:
            continue  # A kill in the middle of a line; its row is sent again.
        entries.append((key, order))
    return entries
