"""What an import has done so far, so that a kill costs nothing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Self


class Journal:
    """One line per row that is done, and per step that the ledger refused; read at the next start.

    A row whose line was lost is sent again under the same idempotency keys, and the gateways answer
    with what they recorded the first time: the journal saves time, the keys save the ledger.

    Parameters
    ----------
    path : Path
        The file; made if absent.

    Attributes
    ----------
    done : dict
        Order id of each row that is done, by the row's key.
    is_resumed : bool
        Whether an earlier import was at it.
    refusals : Counter
        How often the ledger refused a step of a row, by the row's key and the step.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.is_resumed = path.exists()
        self.done: dict[str, str] = {}
        self.refusals: Counter[tuple[str, str]] = Counter()
        for key, order, step in _entries(path):
            self._take(key, order, step)
        _end_line(path)
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
        self._write(key, order, "")

    def note_refusal(self, key: str, step: str) -> None:
        """Note that the ledger refused a step: the next import sends it as a new wish."""
        self._write(key, "", step)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, key: str, order: str, step: str) -> None:
        self._take(key, order, step)
        self._file.write(json.dumps([key, order, step]) + "\n")
        self._file.flush()

    def _take(self, key: str, order: str, step: str) -> None:
        if step:
            self.refusals[key, step] += 1
        else:
            self.done[key] = order


def _entries(path: Path) -> list[tuple[str, str, str]]:
    if not path.exists():
        return []
    entries = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            key, order, step = json.loads(line)
        except ValueError:
            continue  # A kill in the middle of a line; its row is sent again.
        entries.append((key, order, step))
    return entries


def _end_line(path: Path) -> None:
    """End a line that a kill cut, so that the next one stands alone."""
    if path.exists() and not path.read_bytes().endswith(b"\n") and path.stat().st_size:
        with path.open("a", encoding="utf-8") as file:
            file.write("\n")
