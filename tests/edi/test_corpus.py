"""Public interchanges nobody here wrote: mapped and given back whole, or refused with a place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.connectors.edi.message import Message
from gateway.connectors.message import ConnectorRefused
from tests.edi.syntax import SYNTAXES, Syntax

FILE_BYTES_MAX = 100_000


@pytest.fixture(scope="module", params=SYNTAXES)
def syntax(request: pytest.FixtureRequest) -> Syntax:
    return SYNTAXES[request.param]


@pytest.fixture(scope="module")
def files(shared: Path, syntax: Syntax) -> list[Path]:
    found = sorted((shared / "corpus" / syntax.name).rglob("*"))
    return [path for path in found if path.is_file() and path.stat().st_size < FILE_BYTES_MAX]


def _messages(files: list[Path], syntax: Syntax) -> Iterator[tuple[Path, Message]]:
    for path in files:
        try:
            interchanges = syntax.read(path.read_bytes())
        except ConnectorRefused:
            continue
        for interchange in interchanges:
            for message in interchange.messages:
                yield path, message


def test_every_file_is_read_or_refused_with_a_place(files: list[Path], syntax: Syntax) -> None:
    for path in files:
        try:
            syntax.read(path.read_bytes())
        except ConnectorRefused as refused:
            for finding in refused.findings:
                assert finding.location.line >= 1 and finding.location.column >= 1
                assert finding.rule and finding.what_to_do
    assert len(files) >= 60


def test_every_mapped_message_comes_back_segment_by_segment(
    files: list[Path], syntax: Syntax
) -> None:
    mapped = 0
    for path, message in _messages(files, syntax):
        kind = syntax.types.get(message.name)
        outcome = kind.examine(message) if kind is not None else None
        if kind is None or outcome is None or outcome.document is None:
            continue
        mapped += 1
        written = kind.render(outcome.document)
        assert written.body == message.body, path.name
        assert written.version == message.version, path.name
    assert mapped >= len(syntax.types)


def test_every_refused_message_says_where_and_what_to_do(files: list[Path], syntax: Syntax) -> None:
    for _, message in _messages(files, syntax):
        kind = syntax.types.get(message.name)
        for finding in kind.examine(message).findings if kind is not None else ():
            assert finding.location.path.startswith(f"/{message.name}/")
            assert finding.location.line >= 1 and finding.location.column >= 1
            assert finding.rule and finding.what_to_do
