"""Free text, in and out.

Source: UNCL 4451 (what a text is about).
"""

from __future__ import annotations

from typing import Final

from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing

_NOTES: Final = ("AAI", "GEN", "PUR")


_NOTE_LINES_MAX: Final = 5


def notes(reading: Reading, group: Group, *qualifiers: str) -> list[str]:
    """Read free text, one note of each FTX of these qualifiers or of the general ones."""
    texts = []
    for ftx in group.all("FTX"):
        lines = [line for line in ftx.parts(4) if line]
        if reading.code(ftx, 1) in (qualifiers or _NOTES) and lines:
            texts.append("\n".join(lines))
    return texts


def write_notes(writing: Writing, notes: tuple[str, ...], qualifier: str = _NOTES[0]) -> None:
    """Write free text."""
    for text in notes:
        lines = text.split("\n")
        for start in range(0, len(lines), _NOTE_LINES_MAX):
            part = lines[start : start + _NOTE_LINES_MAX]
            writing.add("FTX", qualifier, None, None, part)
