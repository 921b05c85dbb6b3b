"""A profile proposed from what a partner has sent, with the reasons for each of its keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gateway.connectors import detect
from gateway.connectors.message import Finding, Location, UnsupportedDocument
from gateway.connectors.profile import message_habit, sheet, table_habit
from gateway.connectors.profile.proposal import Key, Section, written

Samples = Sequence[tuple[str, bytes]]

_MESSAGES: Final = (detect.X12, detect.EDIFACT)
_TABLE: Final = "table"


def learn(samples: Samples, name: str, version: str) -> str:
    """Propose a profile.

    Parameters
    ----------
    samples : sequence of (str, bytes)
        Files of X12, EDIFACT, CSV or Excel that one partner has sent, with their names.
    name, version : str
        Of the profile.

    Returns
    -------
    str
        A TOML file. What the samples do not decide stands in it as a comment.

    Raises
    ------
    ConnectorRefused
        If a sample cannot be read at all, or is in a standard that leaves nothing to a profile.
    """
    kinds = [(file, content, _kind(file, content)) for file, content in samples]
    head = [
        Key("name", name, "What channels and the parameter `sender` call this partner."),
        Key("version", version, "Stands for one content: change it with every change."),
    ]
    messages = [(file, content) for file, content, kind in kinds if kind in _MESSAGES]
    own = message_habit.sections(messages, head) if messages else [Section("", tuple(head))]
    sections = [*own, *_tables([each for each in kinds if each[2] not in _MESSAGES])]
    files = ", ".join(file for file, _ in samples)
    return f"# Proposed from {files}.\n# Decide what stands in comments.\n\n{written(sections)}"


def _tables(samples: Sequence[tuple[str, bytes, str]]) -> Iterator[Section]:
    """Propose one table for all samples with the same columns."""
    known: list[frozenset[str]] = []
    for file, content, kind in samples:
        for found in sheet.taken_apart(file, content, is_workbook=kind == detect.EXCEL):
            columns = frozenset(each.name for each in found.columns)
            if columns not in known:
                known.append(columns)
                number = len(known) if len(known) > 1 else ""
                yield from table_habit.sections(found, f"orders{number}")


def _kind(file: str, content: bytes) -> str:
    try:
        kind = detect.detect(content).standard
    except UnsupportedDocument:
        return _TABLE
    if kind in (*_MESSAGES, detect.EXCEL):
        return kind
    rule = "X12, EDIFACT, CSV and Excel leave something to a profile; other standards do not."
    advice = "Send it to the inbox as it is."
    raise UnsupportedDocument([Finding(rule, Location(1, 1), f"{file}: {kind}", advice)])
