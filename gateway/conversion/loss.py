"""What a message does not say of the document that it was written from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from gateway.connectors.message import shortened
from ledger.document.part import Document

NO_PLACE: Final = "no_place"
CHANGED: Final = "changed"
ADDED: Final = "added"
FOREIGN: Final = "foreign"

SENTENCES: Final = {
    NO_PLACE: "The message has no place for this.",
    CHANGED: "The message says it otherwise.",
    ADDED: "The message says this, which the document does not say.",
    FOREIGN: "This belongs to the standard that the document came in; it stays behind.",
}
"""What each reason means."""

_EXTRAS: Final = "extras"


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a message does not hold.

    Parameters
    ----------
    pointer : str
        Where it stands in the document: a JSON pointer.
    reason : str
        ``no_place``, ``changed``, ``added`` or ``foreign``: see `SENTENCES`.
    said, written : str
        What the document says, and what the message says; shortened, empty where it is nothing.
    """

    pointer: str
    reason: str
    said: str = ""
    written: str = ""

    def as_json(self) -> dict[str, str]:
        """Spell it for programs, with its reason as a sentence for people."""
        return asdict(self) | {"detail": SENTENCES[self.reason]}


def losses(before: Document, after: Document) -> tuple[Loss, ...]:
    """Compare a document with what was read again of the message that it was written as."""
    said, written = (each.model_dump(exclude_defaults=True) for each in (before, after))
    return tuple(_of_objects(said, written, ""))


def _of_objects(said: dict[str, Any], written: dict[str, Any], at: str) -> Iterator[Loss]:
    for name, value in said.items():
        place = f"{at}/{name}"
        if name == _EXTRAS:
            yield from _of_extras(value, written.get(name, ()), place)
        elif name not in written:
            yield Loss(place, NO_PLACE, _shown(value))
        else:
            yield from _of_values(value, written[name], place)
    for name, value in written.items():
        if name not in said and name != _EXTRAS:
            yield Loss(f"{at}/{name}", ADDED, "", _shown(value))


def _of_values(said: Any, written: Any, at: str) -> Iterator[Loss]:
    if isinstance(said, dict) and isinstance(written, dict):
        yield from _of_objects(said, written, at)
    elif isinstance(said, tuple) and isinstance(written, tuple):
        yield from _of_lists(said, written, at)
    elif said != written:
        yield Loss(at, CHANGED, _shown(said), _shown(written))


def _of_lists(said: Sequence[Any], written: Sequence[Any], at: str) -> Iterator[Loss]:
    if len(said) == len(written):
        for nth, (each, other) in enumerate(zip(said, written, strict=True)):
            yield from _of_values(each, other, f"{at}/{nth}")
        return
    kept = _places(said, written)
    if kept is None and isinstance(said[0], dict):
        # None is there as it was: each is held against the one at its place.
        for nth, (each, other) in enumerate(zip(said, written, strict=False)):
            yield from _of_values(each, other, f"{at}/{nth}")
        kept = set(range(len(written)))
        for nth in range(len(said), len(written)):
            yield Loss(f"{at}/{nth}", ADDED, "", _shown(written[nth]))
    elif kept is None:
        yield Loss(at, CHANGED, _shown(said), _shown(written))
        return
    for nth, each in enumerate(said):
        if nth not in kept:
            yield Loss(f"{at}/{nth}", NO_PLACE, _shown(each))


def _places(said: Sequence[Any], written: Sequence[Any]) -> set[int] | None:
    """Find each of the shorter list in the longer one, in order; none where one is not there."""
    kept: set[int] = set()
    start = 0
    for each in written:
        try:
            start = said.index(each, start) + 1
        except ValueError:
            return None
        kept.add(start - 1)
    return kept


def _of_extras(said: Sequence[Any], written: Sequence[Any], at: str) -> Iterator[Loss]:
    """List what rode along and does not go on: pieces of one long text go together."""
    remaining = list(written)
    for nth, each in enumerate(said):
        if each in remaining:
            remaining.remove(each)
        else:
            yield Loss(f"{at}/{nth}", FOREIGN, shortened(f"{each['path']}: {each['value']}"))


def _shown(value: Any) -> str:
    if isinstance(value, str | int):
        return shortened(str(value))
    if isinstance(value, dict):
        return shortened(", ".join(f"{name} {_shown(each)}" for name, each in value.items()))
    return shortened("; ".join(_shown(each) for each in value))
