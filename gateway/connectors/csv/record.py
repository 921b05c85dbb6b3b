"""From bytes to records: streaming, with line numbers, and never losing a line.

A quote that is not closed would swallow the rows behind it. Here a record of several lines counts
only if it has as many cells as the header; otherwise its first line alone is bad, and reading goes
on with the second.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final

from gateway.connectors.csv.profile import Profile

LINE_BYTES_MAX: Final = 1024 * 1024
RECORD_LINES_MAX: Final = 64
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file.

    Parameters
    ----------
    line : int
        The line it begins on, from 1.
    cells : tuple of str
        Its cells; empty when it could not be read.
    problem : str
        Why it could not be read; empty when it could.
    text : str
        What stands there, when it could not be read.
    """

    line: int
    cells: tuple[str, ...]
    problem: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    content: bytes
    is_too_long: bool = False


def read_records(profile: Profile, stream: BinaryIO) -> Iterator[Record]:
    """Read the records of a file; the first is its header.

    Parameters
    ----------
    profile : Profile
        Encoding, delimiter and quote.
    stream : binary file
        The file; blank lines, and those above the header, are no records.

    Yields
    ------
    Record
        In the order of the file.
    """
    lines = _lines(stream)
    waiting: deque[_Line] = deque()
    width = 0
    while True:
        if not waiting:
            waiting.extend(islice(lines, 1))
            if not waiting:
                return
        if waiting[0].number < profile.header_line or not waiting[0].content.strip():
            waiting.popleft()
            continue
        record, count = _read_one(profile, waiting, lines, width)
        for _ in range(count):
            waiting.popleft()
        width = width or len(record.cells)
        yield record


def _read_one(
    profile: Profile, waiting: deque[_Line], lines: Iterator[_Line], width: int
) -> tuple[Record, int]:
    """Read the record at the head of the queue, and say how many lines it takes."""
    first = waiting[0]
    if first.is_too_long:
        problem = f"The line has more than {LINE_BYTES_MAX} bytes."
        return Record(first.number, (), problem, first.content[:64].decode("ascii", "replace")), 1
    quote = profile.quote.encode(profile.encoding)
    quotes, count = first.content.count(quote), 1
    while quotes % 2 and count < RECORD_LINES_MAX:
        if len(waiting) == count:
            waiting.extend(islice(lines, 1))
        if len(waiting) == count or waiting[count].is_too_long:
            break
        quotes += waiting[count].content.count(quote)
        count += 1
    record = _parse(profile, first.number, [waiting[i].content for i in range(count)])
    is_whole = not record.problem and (not width or len(record.cells) == width)
    if count == 1 or is_whole:
        return record, count
    return _parse(profile, first.number, [first.content]), 1


def _parse(profile: Profile, number: int, contents: list[bytes]) -> Record:
    content = b"".join(contents)
    try:
        text = content.decode(profile.encoding)
    except UnicodeDecodeError as error:
        problem = f"Byte {error.start + 1} of the line is not {profile.encoding}."
        return Record(number, (), problem, content.decode(profile.encoding, "backslashreplace"))
    if "\x00" in text:
        return Record(number, (), "The line holds the character U+0000.", text)
    rows = csv.reader(
        text.splitlines(keepends=True),
        delimiter=profile.delimiter,
        quotechar=profile.quote,
        strict=True,
    )
    try:
        parsed = list(rows)
    except csv.Error as error:
        return Record(number, (), f"The line is not CSV: {error}.", text)
    return Record(number, tuple(parsed[0])) if len(parsed) == 1 else _torn(number, text)


def _torn(number: int, text: str) -> Record:
    return Record(number, (), "The line holds a line break outside quotes.", text)


def _lines(stream: BinaryIO) -> Iterator[_Line]:
    number = 0
    while content := stream.readline(LINE_BYTES_MAX):
        number += 1
        is_too_long = False
        if len(content) == LINE_BYTES_MAX and not content.endswith(b"\n"):
            while (rest := stream.readline(LINE_BYTES_MAX)) and not rest.endswith(b"\n"):
                is_too_long = True
            is_too_long = is_too_long or bool(rest)
        yield _Line(number, content.removeprefix(_BOM) if number == 1 else content, is_too_long)
