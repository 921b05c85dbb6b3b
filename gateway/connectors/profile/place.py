"""Where the keys of a TOML file stand: its reader does not say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_HEADER: Final = re.compile(r"\s*(\[\[?)([^\[\]#]+)\]\]?\s*(#.*)?")
_KEY: Final = re.compile(r'\s*"?([\w-]+(?:\.[\w-]+)*)"?\s*=')

Steps = tuple[str, ...]


def line_of(steps: Steps, lines: Mapping[Steps, int]) -> int:
    """Find the line of a key, or of the nearest that holds it; 1 where there is none."""
    while steps and steps not in lines:
        steps = steps[:-1]
    return lines.get(steps, 1)


def lines_of(text: str) -> dict[Steps, int]:
    """Find the lines of all keys and headers of a file."""
    lines: dict[Steps, int] = {}
    counts: dict[Steps, int] = {}
    table: Steps = ()
    for number, line in enumerate(text.split("\n"), 1):
        header, key = _HEADER.fullmatch(line), _KEY.match(line)
        if header is not None:
            table = ()
            for step in header[2].strip().split("."):
                table = (*table, step.strip(' "'))
                if table in counts:
                    table = (*table, str(counts[table] - 1))
            if header[1] == "[[":
                plain = table[:-1] if table[:-1] in counts else table
                counts[plain] = counts.get(plain, 0) + 1
                table = (*plain, str(counts[plain] - 1))
            lines.setdefault(table, number)
        elif key is not None:
            lines.setdefault((*table, *key[1].split(".")), number)
    return lines
