"""Which files are whole: names of unfinished ones, and files that still change."""

from __future__ import annotations

import time
from collections.abc import Hashable, Mapping
from typing import Final

_UNFINISHED: Final = (".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", "~")


def is_message_name(name: str) -> bool:
    """Tell whether a file of this name may be a message, and its name a name at all."""
    is_plain = name.isprintable() and "/" not in name and "\\" not in name and len(name) <= 200
    return is_plain and not name.startswith(".") and not name.lower().endswith(_UNFINISHED)


class Settling:
    """Remembers how files looked, since clocks of file systems and servers cannot be compared.

    Parameters
    ----------
    settle_s : float
        How long a file stays as it is before it counts as whole.
    """

    def __init__(self, settle_s: float) -> None:
        self._settle_s = settle_s
        self._seen: dict[str, tuple[Hashable, float]] = {}

    def settled(self, looks: Mapping[str, Hashable]) -> list[str]:
        """Give the names, in order, of those that have looked the same for long enough."""
        now_s = time.monotonic()
        seen = {}
        for name, look in looks.items():
            before = self._seen.get(name)
            seen[name] = before if before is not None and before[0] == look else (look, now_s)
        self._seen = seen
        return sorted(name for name, (_, at_s) in seen.items() if now_s - at_s >= self._settle_s)
