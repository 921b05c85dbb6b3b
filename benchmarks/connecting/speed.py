"""Speeds on one core: tokenising, typed reading, and what reading bytes costs at least."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

from lxml import etree

from benchmarks.connecting import peer
from gateway.connectors.edi.delimited import Dialect, chunks_of, decoded, token_stream
from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.x12 import interchange as x12
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES
from gateway.connectors.ubl import order as ubl_order
from ledger.document.canonical import canonical_form, spell
from tests.soak.stream import streamed

ROOT: Final = Path(__file__).resolve().parents[2]
GOLDEN: Final = ROOT / "tests/edi"
RELEASED: Final = (
    b"LIN+1++4099999221004:SRV'QTY+21:8'RFF+PD:99'DTM+2:20260626:102'FTX+A+++it?'s 5?+2'"
)
"""One segment in five has released characters."""
X12: Final = Dialect("*", ":", "~")
EDIFACT: Final = Dialect("+", ":", "'", "", "?")
OURS: Final = ("x12", "edifact", "edifact, released")
PEER_SHARE: Final = 8
"""How much less the slow ones are given."""


def rate(work: Callable[[], object], amount: float, runs: int) -> tuple[float, float, float]:
    """Measure what is done in a second of processor time: median, least and most of the runs."""
    work()
    found = []
    for _ in range(runs):
        start = time.process_time()
        work()
        found.append(amount / (time.process_time() - start))
    return median(found), min(found), max(found)


def tokenise(content: bytes, dialect: Dialect) -> int:
    """Split into segments and elements, as connectors do."""
    texts = decoded(chunks_of(content), "latin-1")
    return sum(len(batch) for batch in token_stream(texts, dialect))


def _samples(megabytes: float) -> Iterator[tuple[str, bytes, Dialect]]:
    order = (GOLDEN / "x12/order_demo.edi").read_bytes()
    yield "x12", order * int(megabytes * 1e6 / len(order)), X12
    # Envelopes are left out, and line ends: pydifact takes neither of them twice.
    order = (GOLDEN / "edifact/order_demo.edi").read_bytes()
    body = order[order.index(b"BGM+") : order.index(b"UNT+")].replace(b"'\n", b"'")
    yield "edifact", body * int(megabytes * 1e6 / len(body)), EDIFACT
    yield "edifact, released", RELEASED * int(megabytes * 1e6 / len(RELEASED)), EDIFACT


def tokenising(megabytes: float, runs: int) -> Iterator[tuple[str, tuple[float, float, float]]]:
    """Measure megabytes a second: ours, then those of peers on the same bytes."""
    theirs = peer.pydifact()
    for name, content, dialect in _samples(megabytes):
        size = len(content) / 1e6
        yield name, rate(partial(tokenise, content, dialect), size, runs)
    for name in ("x12", "edifact"):
        size = megabytes / PEER_SHARE
        work = partial(streamed, name, int(size * 1e6))
        yield f"{name}: to messages, every segment with its place", rate(work, size, runs)
    for name, content, dialect in _samples(megabytes / PEER_SHARE):
        size, text = len(content) / 1e6, content.decode("latin-1")
        marks = (dialect.element, dialect.terminator, dialect.release)
        walk = partial(peer.walk, text, *marks)
        yield f"{name}: a loop over characters", rate(walk, size, runs)
        if theirs is not None and dialect is EDIFACT:
            yield f"{name}: pydifact", rate(partial(theirs, text), size, runs)


def _committed(content: bytes) -> object:
    """From bytes to all that a commitment is computed from."""
    return spell(canonical_form(ubl_order.parse(content)))


def typed(count: int, runs: int) -> Iterator[tuple[str, tuple[float, float, float]]]:
    """Measure documents a second, what rides along included."""

    def times(work: Callable[[], object]) -> tuple[float, float, float]:
        return rate(lambda: [work() for _ in range(count)], count, runs)

    order = (ROOT / "examples/order.xml").read_bytes()
    yield "ubl order to commitment input", times(lambda: _committed(order))
    yield "ubl order to document", times(lambda: ubl_order.parse(order))
    yield "ubl order: lxml alone", times(lambda: etree.fromstring(order))
    sides: tuple[tuple[str, Any, Any], ...] = (
        ("x12", x12, X12_TYPES),
        ("edifact", edifact, EDIFACT_TYPES),
    )
    for name, interchange, kinds in sides:
        content = (GOLDEN / name / "order_demo.edi").read_bytes()

        def work(read: Any = interchange.read, kinds: Any = kinds, content: bytes = content) -> Any:
            [message] = read(content)[0].messages
            return kinds[message.name].parse(message)

        yield f"{name} order, envelope to document", times(work)
