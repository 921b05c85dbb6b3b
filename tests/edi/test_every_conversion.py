"""Public documents of every standard are written in every other one, or refused by name."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from gateway.connectors.edi.message import Address
from gateway.connectors.message import ConnectorRefused, Finding, UnwritableDocument
from gateway.conversion.conversion import write
from gateway.conversion.form import STANDARDS, Manner, form_of
from gateway.conversion.loss import FOREIGN
from gateway.inbox.reading import read
from ledger.document.part import Document

BYTES_MAX = 100_000
STEP = 1 if os.environ.get("DEEP") == "1" else 12
MANNER = Manner(
    datetime(2026, 3, 2, 9, 14),  # noqa: DTZ001
    sender=Address("SENDER", "ZZ"),
    receiver=Address("RECEIVER", "ZZ"),
)


def _documents(shared: Path) -> Iterator[Document]:
    index = json.loads((shared / "corpus" / "index.json").read_bytes())
    for entry in index[::STEP]:
        content = (shared / "corpus" / entry["file"]).read_bytes()
        if len(content) <= BYTES_MAX:
            try:
                yield from read(content, "a partner").documents[:1]
            except ConnectorRefused:
                continue


def test_every_public_document_is_written_in_every_standard_or_refused_by_name(
    shared: Path,
) -> None:
    written, refused = 0, list[Finding]()
    for document in _documents(shared):
        for standard in STANDARDS:
            if form_of(standard, type(document).__name__) is None:
                continue
            try:
                converted = write(document, standard, MANNER)
            except UnwritableDocument as error:
                refused.append(error.findings[0])
                continue
            written += 1
            for loss in converted.losses:
                assert loss.pointer.startswith("/")
                assert loss.said or loss.written or loss.reason != FOREIGN
    assert all(each.rule and each.what_to_do for each in refused)
    assert written > 2 * len(refused)
