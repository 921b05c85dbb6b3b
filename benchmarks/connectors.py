"""How fast X12 and EDIFACT are read, and how much of the public documents comes back whole.

Tokenising is measured on the golden orders of the repository, repeated; typed reading on the same;
the corpus where it lies beside the repository. What no import can be found for is left out.
"""

from __future__ import annotations

import importlib.util
import json
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks._commit import commit_measured
from gateway.connectors.edi.delimited import Dialect, chunks_of, decoded, token_stream
from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.x12 import interchange as x12
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES
from gateway.connectors.message import ConnectorRefused
from gateway.connectors.ubl import order as ubl_order

ROOT: Final = Path(__file__).resolve().parents[1]
CORPUS: Final = ROOT.parent / "shared" / "corpus"
MEGABYTES: Final = 8
X12_DIALECT: Final = Dialect("*", ":", "~")
EDIFACT_DIALECT: Final = Dialect("+", ":", "'", "", "?")
SYNTAXES: Final[dict[str, tuple[Any, Any]]] = {
    "x12": (x12, X12_TYPES),
    "edifact": (edifact, EDIFACT_TYPES),
}


def seconds(work: Callable[[], object]) -> float:
    """Measure the processor time of the better of two runs."""
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def repeated(name: str) -> bytes:
    """Repeat a golden order to some megabytes."""
    content = (ROOT / "tests" / "edi" / name).read_bytes()
    return content * (MEGABYTES * 1_000_000 // len(content) + 1)


def tokenise(content: bytes, dialect: Dialect) -> int:
    """Split into segments and elements, as connectors do."""
    texts = decoded(chunks_of(content), "latin-1")
    return sum(len(batch) for batch in token_stream(texts, dialect))


def walk(content: bytes) -> int:
    """Split as a loop over characters would."""
    segments, element, elements = 0, "", []
    for character in content.decode("latin-1"):
        if character == "~":
            elements.append(element)
            segments, element, elements = segments + 1, "", []
        elif character == "*":
            elements.append(element)
            element = ""
        else:
            element += character
    return segments


def tokenising() -> Iterator[tuple[str, float]]:
    """Measure megabytes a second on one core."""
    for name, file, dialect in (
        ("x12", "x12/order_demo.edi", X12_DIALECT),
        ("edifact", "edifact/order_demo.edi", EDIFACT_DIALECT),
    ):
        content = repeated(file)
        size = len(content) / 1e6
        yield name, size / seconds(lambda c=content, d=dialect: tokenise(c, d))  # type: ignore[misc]
    # One segment in five has a released character.
    content = (
        b"LIN+1++4099999221004:SRV'QTY+21:8'RFF+PD:99'DTM+2:20260626:102'FTX+A+++it?'s'" * 99_000
    )
    yield (
        "edifact, released",
        len(content) / 1e6 / seconds(lambda: tokenise(content, EDIFACT_DIALECT)),
    )
    small = repeated("x12/order_demo.edi")[:2_000_000]
    yield "a loop over characters", len(small) / 1e6 / seconds(lambda: walk(small))
    if importlib.util.find_spec("pydifact") is not None:
        yield "pydifact", pydifact()


def pydifact() -> float:
    """Measure the tokenizer of pydifact."""
    from pydifact.parser import Parser  # type: ignore[import-not-found]

    text = (ROOT / "tests" / "edi" / "edifact" / "order_demo.edi").read_text("latin-1") * 500
    return len(text) / 1e6 / seconds(lambda: list(Parser().parse(text)))


def typed() -> Iterator[tuple[str, float]]:
    """Measure typed documents a second, residue included."""
    order = (ROOT / "examples" / "order.xml").read_bytes()
    yield "ubl", 400 / seconds(lambda: [ubl_order.parse(order) for _ in range(400)])
    for name, (interchange, kinds) in SYNTAXES.items():
        content = (ROOT / "tests" / "edi" / name / "order_demo.edi").read_bytes()
        [message] = interchange.read(content)[0].messages
        kind = kinds[message.name]
        yield name, 200 / seconds(lambda k=kind, m=message: [k.parse(m) for _ in range(200)])  # type: ignore[misc]


def corpus(name: str) -> Counter[str]:
    """Count what becomes of public documents."""
    interchange, kinds = SYNTAXES[name]
    counts: Counter[str] = Counter()
    for path in sorted((CORPUS / name).rglob("*")):
        if not path.is_file():
            continue
        counts["files"] += 1
        try:
            found = interchange.read(path.read_bytes())
        except ConnectorRefused:
            counts["envelope refused"] += 1
            continue
        for message in (message for each in found for message in each.messages):
            kind = kinds.get(message.name)
            if kind is None:
                counts["messages of other types"] += 1
                continue
            outcome = kind.examine(message)
            counts["documents" if outcome.document is not None else "messages refused"] += 1
            if outcome.document is not None:
                counts["come back whole"] += kind.render(outcome.document).body == message.body
    return counts


def main() -> None:
    """Print the answers."""
    print(f"commit {commit_measured()}, Python {platform.python_version()}, {platform.machine()}")
    for name, speed in tokenising():
        print(f"tokenised, {name}: {speed:.1f} MB/s")
    for name, speed in typed():
        print(f"typed documents, {name}: {speed:.0f} a second")
    for name in SYNTAXES:
        if CORPUS.is_dir():
            print(f"corpus, {name}: {json.dumps(corpus(name))}")


if __name__ == "__main__":
    main()
