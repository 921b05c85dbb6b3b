"""How fast a file becomes blocks of a vault, and is read again: by the clock, disk included."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from ledger.attachment.chunk import FileCipher
from ledger.attachment.reader import require_whole
from ledger.attachment.sealer import FileSealer
from ledger.vault import FileVault

PART_BYTES = 1024 * 1024
BEGINNING, END = b"%PDF-1.7\n", b"%%EOF\n"


@dataclass(frozen=True)
class Speed:
    """Megabytes (10^6 bytes) a second, medians over files."""

    seal_mb_per_s: float
    read_mb_per_s: float


def attachment_speed(size_bytes: int = 100_000_000, files: int = 5) -> Speed:
    """Seal files into a vault on this disk, flushed, and read and check each again."""
    part = os.urandom(PART_BYTES)
    size_mb = size_bytes / 1e6
    sealed, read = [], []
    with tempfile.TemporaryDirectory(prefix="consign-") as folder:
        vault = FileVault(Path(folder))
        for _ in range(files):
            started_s = time.perf_counter()
            sealer = FileSealer(vault, "application/pdf", 2 * size_bytes)
            sealer.write(BEGINNING)
            for _ in range(size_bytes // PART_BYTES):
                sealer.write(part)
            sealer.write(END)
            file = sealer.finish()
            sealed.append(size_mb / (time.perf_counter() - started_s))
            started_s = time.perf_counter()
            listed = FileCipher(file.key).open_list(vault.get(file.cid))
            require_whole(vault, file.key, listed, file.size_bytes, file.digest)
            read.append(size_mb / (time.perf_counter() - started_s))
            vault.delete_all([file.cid, *file.chunks])
    return Speed(median(sealed), median(read))
