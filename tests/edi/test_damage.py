"""Public messages damaged at random: no crash, no hang, no fetch; and no wrong count is taken."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from gateway.connectors.message import ConnectorRefused
from tests.edi.damage import damaged
from tests.edi.judgement import SIDES, judge, no_network

ROUNDS = 40 if os.environ.get("DEEP") else 1
FILE_BYTES_MAX = 100_000
ALTERED_MAX = 400 if os.environ.get("DEEP") else 8
"""Of one file; a file of many messages has many trailers."""

TRAILER = {
    "x12": re.compile(rb"(?<![A-Z0-9])(SE|GE|IEA)([^A-Z0-9\s])(\d+)\2(\w+)"),
    "edifact": re.compile(rb"(?<![A-Z0-9?])(UNT|UNE|UNZ)(\+)(\d+)\+(\w+)"),
}
OF_MESSAGE = (b"SE", b"UNT")


def _files(shared: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    for entry in json.loads((shared / "corpus" / "index.json").read_bytes()):
        content = (shared / "corpus" / entry["file"]).read_bytes()
        if entry["file"].startswith(f"{folder}/") and len(content) <= FILE_BYTES_MAX:
            yield entry["file"], content


@pytest.mark.parametrize(
    "folder",
    [
        *("csv-xlsx", "cxml", "edifact", "epcis2", "shopify", "ubl-oasis", "ubl-oioubl"),
        *("ubl-peppol", "untp-dpp", "vda", "woocommerce", "x12"),
    ],
)
def test_damaged_messages_are_read_or_refused_with_places(shared: Path, folder: str) -> None:
    with no_network():
        outcomes = {
            judge(damaged(content, Random(f"{nth} {name}")))
            for name, content in _files(shared, folder)
            for nth in range(ROUNDS)
        }
    assert "refused" in outcomes


@pytest.mark.parametrize("syntax", TRAILER)
def test_no_wrong_count_or_reference_is_taken(shared: Path, syntax: str) -> None:
    tried = 0
    for name, content in _files(shared, syntax):
        if not any(_documents(syntax, content)):
            continue
        messages = 0
        for match in list(TRAILER[syntax].finditer(content))[:ALTERED_MAX]:
            for element in (3, 4):
                tried += 1
                altered = _altered(content, match, element)
                taken = _documents(syntax, altered)
                # What is wrong with an envelope is wrong with all in it.
                found = taken[messages] if match[1] in OF_MESSAGE and taken else any(taken)
                assert not found, f"{name}: {match[0]!r}, element {element - 2}"
            messages += match[1] in OF_MESSAGE
    assert tried >= 40


def _altered(content: bytes, match: re.Match[bytes], element: int) -> bytes:
    """Turn the last digit of a count, or the last character of a reference, into another."""
    value = match[element]
    new = b"7" if value[-1:] != b"7" else b"3"
    return content[: match.end(element) - 1] + new + content[match.end(element) :]


def _documents(syntax: str, content: bytes) -> list[bool]:
    """Tell which messages of a file become documents; none when it is refused whole."""
    interchange, kinds = SIDES[syntax]
    try:
        messages = [each for found in interchange.read(content) for each in found.messages]
    except ConnectorRefused:
        return []
    return [
        each.name in kinds and kinds[each.name].examine(each).document is not None
        for each in messages
    ]
