"""Streams an interchange of any size through the readers of X12 and EDIFACT, in constant memory.

python -m tests.soak.stream [--megabytes 1000]
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.x12 import interchange as x12
from gateway.connectors.message import ConnectorRefused

GOLDEN: Final = Path(__file__).resolve().parents[1] / "edi"
GROWTH_BYTES_MAX: Final = 64 << 20
SIDES: Final[dict[str, tuple[ModuleType, bytes, bytes]]] = {
    "x12": (x12, b"ST*", b"GE*"),
    "edifact": (edifact, b"UNH+", b"UNZ+"),
}


def main() -> int:
    """Stream, and tell how much memory it took; fails when that grows."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.stream", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000)
    size = parser.parse_args().megabytes * 1_000_000
    is_good = True
    for syntax in SIDES:
        began, before = time.monotonic(), peak_bytes()
        messages = streamed(syntax, size)
        growth = peak_bytes() - before
        is_line_refused = refuses_a_line(syntax, size)
        is_good &= growth < GROWTH_BYTES_MAX and is_line_refused
        seconds = time.monotonic() - began
        sys.stdout.write(
            f"{syntax}: {size / 1e6:.0f} MB, {messages:,} messages, {seconds:.0f} s, "
            f"{growth / 1e6:.1f} MB more memory; one line of that size "
            f"{'refused' if is_line_refused else 'TAKEN'}\n"
        )
    return 0 if is_good else 1


def peak_bytes() -> int:
    """Tell the most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def streamed(syntax: str, size: int) -> int:
    """Read one interchange of about a size, whose parts are made as they are asked for."""
    interchange, opener, trailer = SIDES[syntax]
    content = (GOLDEN / syntax / "order_demo.edi").read_bytes()
    start, end = content.index(opener), content.index(trailer)
    count = size // (end - start) + 1
    head, message, tail = content[:start], content[start:end], content[end:]
    reference = _reference(message)

    def stream() -> Iterator[bytes]:
        yield head
        for nth in range(count):
            yield message.replace(reference, reference[:1] + b"%09d" % nth)
        yield tail.replace(trailer + b"1", trailer + b"%d" % count)

    seen = 0
    for part in interchange.read_stream(stream()):
        if isinstance(part, Message):
            assert not part.findings, "no message lacks anything"
            seen += 1
    assert seen == count, "every message is read"
    return seen


def _reference(message: bytes) -> bytes:
    """Find the reference that header and trailer share."""
    mark = message[2:3] if message.startswith(b"ST") else message[3:4]
    elements = message.splitlines()[0].rstrip(b"~'").split(mark)
    return mark + (elements[2] if message.startswith(b"ST") else elements[1])


def refuses_a_line(syntax: str, size: int) -> bool:
    """Tell whether a segment without an end is refused before it is gathered."""
    interchange, opener, _ = SIDES[syntax]
    content = (GOLDEN / syntax / "order_demo.edi").read_bytes()
    taken = 0

    def stream() -> Iterator[bytes]:
        nonlocal taken
        yield content[: content.index(opener)]
        while taken < size:
            taken += 1 << 16
            yield b"X" * (1 << 16)

    try:
        for _ in interchange.read_stream(stream()):
            pass
    except ConnectorRefused as refused:
        return bool(refused.findings[0].what_to_do) and taken <= 4 << 20
    return False


if __name__ == "__main__":
    sys.exit(main())
