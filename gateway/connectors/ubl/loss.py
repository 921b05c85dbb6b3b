"""What of a document a message cannot hold, and what a message needs that a document lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from gateway.connectors.message import Finding, Location
from gateway.connectors.ubl.extra import PREFIX
from gateway.connectors.ubl.mapping import Branch, Content, Leaf, values_of
from gateway.connectors.ubl.reader import step_of
from ledger.document.part import Document, Part

_HEAD: Final = frozenset({"document_type", "schema_version"})


def unheld(document: Document, content: Content) -> tuple[str, ...]:
    """List what of a document a message type has no place for.

    Parameters
    ----------
    document : Document
        The document.
    content : Content
        The table of the message.

    Returns
    -------
    tuple of str
        JSON pointers of fields, and of the extras of other standards.
    """
    return tuple(_lost(document, content, ""))


def lost_fields(document: Document, content: Content) -> Iterator[Finding]:
    """Spell as findings the fields, but not the extras, that a message type has no place for."""
    for pointer in unheld(document, content):
        if "/extras/" not in pointer:
            rule = "This message has no place for this field of the document."
            advice = "Say it in a note, or accept that the message is without it."
            yield Finding(rule, Location(1, 1, pointer), "", advice)


def missing(holder: Any, content: Content, path: str) -> Iterator[Finding]:
    """Name what UBL requires and a document does not say."""
    for tag, entry in content.by_tag.items():
        place = f"{path}/{step_of(tag)}"
        if isinstance(entry, Branch) and entry.field is None and entry.gather is None:
            yield from missing(holder, entry.content, place)
            continue
        if isinstance(entry, Leaf) and entry.field is None:
            continue
        values = list(values_of(entry, holder))
        if entry.is_required and not values:
            advice = "Add it to the document."
            yield Finding(f"UBL requires {step_of(tag)}.", Location(1, 1, place), "", advice)
        if isinstance(entry, Branch):
            for value in values:
                yield from missing(value, entry.content, place)


def _lost(holder: Part, content: Content, at: str) -> Iterator[str]:
    entries = content.fields
    inner = entries.get("")
    if inner is not None:
        yield from _lost_below(inner, holder, at)
        return
    for name, value in holder:
        if value is None or value == () or name in _HEAD:
            continue
        source = content.derived.get(name)
        if source is not None and getattr(holder, source) == value:
            continue
        place = f"{at}/{name}"
        entry = entries.get(name)
        if name == "extras":
            yield from _foreign(value, place)
        elif entry is None:
            yield place
        elif isinstance(value, tuple):
            for nth, each in enumerate(value):
                yield from _lost_below(entry, each, f"{place}/{nth}")
        else:
            yield from _lost_below(entry, value, place)


def _lost_below(entry: Leaf | Branch, value: Any, at: str) -> Iterator[str]:
    if isinstance(entry, Branch):
        if isinstance(value, Part):
            yield from _lost(value, entry.content, at)
    elif isinstance(value, Part):
        held = {entry.nested} | {slot.field for slot in entry.attributes.values()}
        for name, inner in value:
            if inner not in (None, ()) and name not in held:
                yield f"{at}/{name}"


def _foreign(extras: Iterable[Any], at: str) -> Iterator[str]:
    for nth, extra in enumerate(extras):
        if not extra.path.startswith(PREFIX):
            yield f"{at}/{nth}"
