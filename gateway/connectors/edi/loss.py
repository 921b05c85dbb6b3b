"""What a document loses in a message, and the refusals of writing one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gateway.connectors.message import Finding, Location, UnwritableDocument
from ledger.document.part import Document


def lost(before: Document, after: Document) -> tuple[str, ...]:
    """List the JSON pointers of what one document says and another does not."""
    says, still_says = (each.model_dump(exclude_defaults=True) for each in (before, after))
    return tuple(_lost(says, still_says, ""))


def _lost(before: Any, after: Any, at: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            yield from _lost(value, after.get(name), f"{at}/{name}")
    elif isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
        for nth, (left, right) in enumerate(zip(before, after, strict=True)):
            yield from _lost(left, right, f"{at}/{nth}")
    elif before != after:
        yield at


def lossy(name: str, pointers: tuple[str, ...]) -> UnwritableDocument:
    """Refuse a document of which a message would hold less."""
    rule = f"{name} has no place for this field of the document, or none that says the same."
    advice = "Say it in a note, or accept that the message is without it."
    return UnwritableDocument(
        [Finding(rule, Location(1, 1, pointer), "", advice) for pointer in pointers]
    )


def stale(name: str, path: str) -> UnwritableDocument:
    """Refuse extras that contradict the fields, or are none."""
    finding = Finding(
        "What rides along in extras says nothing that the fields do not say.",
        Location(1, 1, f"/{name}"),
        path,
        "Remove the extras that add to the fields, or read the message again.",
    )
    return UnwritableDocument([finding])
