"""The order in which UBL writes the children of each aggregate, as tables."""

from __future__ import annotations

from typing import Final

from gateway.connectors.ubl.aggregate_sequence import AGGREGATE_SEQUENCES
from gateway.connectors.ubl.document_sequence import DOCUMENT_SEQUENCES


def _tables(text: str) -> dict[str, dict[str, int]]:
    tables: dict[str, dict[str, int]] = {}
    ranks: dict[str, int] = {}
    for word in text.split():
        if word.endswith(":"):
            tables[word[:-1]] = ranks = {}
        else:
            ranks[word] = len(ranks)
    return tables


RANKS: Final[dict[str, dict[str, int]]] = _tables(DOCUMENT_SEQUENCES + AGGREGATE_SEQUENCES)
"""Aggregate type → name of a child → its place in the sequence."""
