"""Messages damaged at random, in the ways of their syntax: bytes, segments, elements, values."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

HOSTILE = (
    b"",
    b"0",
    b"-1",
    b"1e5",
    b"NaN",
    b"9" * 50,
    b"20261301",
    b"2020-13-01",
    b"x" * 300,
    b"\xff\xfe",
    b"\xf0\x9f\x92\xa9",
    b"&x;",
    b"?'",
    b"http://127.0.0.1:9/",
)
ELEMENT = re.compile(rb"<([\w:]+)[^<>]*>[^<>]*</\1>")
TEXT = re.compile(rb">[^<]*<")
MEMBER = re.compile(rb'("[^"\\\n]*"|-?\d[\d.eE+-]*)')
CONTROL = re.compile(rb"\b(SE|GE|IEA|UNT|UNE|UNZ|ISA|GS|ST|UNB|UNH)[^A-Za-z0-9\s]([^~'\r\n]{1,60})")
DIGIT = re.compile(rb"\d")
MARKS = b"*~+:'?^|<>&\"{}[],;\x00\xff\n 09A"

Way = Callable[[bytes, Random], bytes]


def damaged(content: bytes, chance: Random) -> bytes:
    """Damage a message in one place or a few: what is refused at once shows little else."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        content = chance.choice((_bytes, *_ways(content)))(content, chance) or content
    return content


def _ways(content: bytes) -> tuple[Way, ...]:
    head = content[:400].lstrip(b"\xef\xbb\xbf \r\n\t")
    if head.startswith((b"ISA", b"UNA", b"UNB")):
        return (_segments, _controls, _elements)
    if head.startswith(b"<"):
        return (_tags, _tags)
    return (_members, _members)


def _bytes(content: bytes, chance: Random) -> bytes:
    """Turn, cut, insert or repeat some bytes, or end early."""
    at, way = chance.randrange(len(content) or 1), chance.randrange(6)
    if way == 0:
        return content[:at] + chance.randbytes(1) + content[at + 1 :]
    if way == 1:
        return content[:at] + content[at + chance.randint(1, 30) :]
    if way == 2:
        new = bytes(chance.choices(MARKS, k=chance.randint(1, 4)))
        return content[:at] + new + content[at:]
    if way == 3:
        start = chance.randrange(len(content) or 1)
        return content[:at] + content[start : start + chance.randint(1, 80)] + content[at:]
    if way == 4:
        return content[:at] + chance.choice(HOSTILE) + content[at:]
    return content[: at + 1]


def _end(content: bytes) -> bytes:
    """Guess what ends segments."""
    return b"'" if b"UNB" in content[:200] else content[105:106] or b"~"


def _segments(content: bytes, chance: Random) -> bytes:
    """Drop, repeat or exchange segments."""
    end = _end(content)
    parts = content.split(end)
    first, second = chance.randrange(len(parts)), chance.randrange(len(parts))
    way = chance.randrange(3)
    if way == 0:
        del parts[first]
    elif way == 1:
        parts.insert(first, parts[second])
    else:
        parts[first], parts[second] = parts[second], parts[first]
    return end.join(parts)


def _elements(content: bytes, chance: Random) -> bytes:
    """Put a hostile value in the place of an element."""
    end = _end(content)
    mark = b"+" if b"UNB" in content[:200] else content[3:4] or b"*"
    parts = content.split(end)
    at = chance.randrange(len(parts))
    elements = parts[at].split(mark)
    elements[chance.randrange(len(elements))] = chance.choice(HOSTILE)
    parts[at] = mark.join(elements)
    return end.join(parts)


def _controls(content: bytes, chance: Random) -> bytes:
    """Alter a digit of a count or a reference."""
    found = list(CONTROL.finditer(content))
    if not found:
        return content
    match = chance.choice(found)
    digits = list(DIGIT.finditer(match[2]))
    if not digits:
        return content
    at = match.start(2) + chance.choice(digits).start()
    return content[:at] + b"%d" % chance.randrange(10) + content[at + 1 :]


def _tags(content: bytes, chance: Random) -> bytes:
    """Drop or repeat an element, or put a hostile value in it."""
    found = list(ELEMENT.finditer(content))
    if not found:
        return content
    match = chance.choice(found)
    hostile = b">" + chance.choice(HOSTILE) + b"<"
    new = TEXT.sub(lambda _: hostile, match[0], count=1)
    return (
        content[: match.start()] + chance.choice((b"", match[0] * 2, new)) + content[match.end() :]
    )


def _members(content: bytes, chance: Random) -> bytes:
    """Put another value in the place of one of JSON, or of a cell."""
    found = list(MEMBER.finditer(content[:200_000]))
    if not found:
        return content
    match, other = chance.choice(found), chance.choice(found)
    quoted = b'"' + chance.choice(HOSTILE) + b'"'
    new = chance.choice((other[0], quoted, b"null", b"[]", b"{}", b"[" * 500, b"1e999", b"true"))
    return content[: match.start()] + new + content[match.end() :]
