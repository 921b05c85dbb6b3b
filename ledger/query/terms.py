"""Which terms of an agreement were in force when: from the signature that completed them on."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import and_, select
from sqlmodel import Session, col

from ledger import lifecycle
from ledger.database import portions
from ledger.model import Document, Event, Manifest, Record
from ledger.model.parcel import FETCHED, OPENED, SHREDDED

Place = tuple[int, int, int]
"""Block, log and position of a fact on the chain."""

_ACTIVE: Final = "Active"


@dataclass(frozen=True, slots=True)
class TermsInForce:
    """Terms that came into force.

    Parameters
    ----------
    place : tuple of int
        Where on the chain.
    document : int, optional
        Id of the document; none where nothing but its commitment is known.
    body : dict, optional
        What they say; none while they are not opened.
    readers : list of int
        Hosted organisations that may read them.
    is_awaited : bool
        Whether they are still to come.
    """

    place: Place
    document: int | None = None
    body: dict[str, Any] | None = None
    readers: tuple[int, ...] = ()
    is_awaited: bool = False


def terms_in_force(session: Session, agreements: Collection[int]) -> dict[int, list[TermsInForce]]:
    """List the terms that were ever in force, by agreement, in the order of the chain."""
    found: dict[int, list[TermsInForce]] = defaultdict(list)
    proposed: dict[int, TermsInForce] = {}
    for part in portions(sorted(agreements)):
        asked = _STEPS.where(col(Event.agreement).in_(part)).order_by(*_PLACE)
        for row in session.connection().execute(asked):
            action = lifecycle.step_row(row.action).action
            state = lifecycle.state_name("agreement", row.state or 0)
            if action in ("propose", "amend"):
                proposed[row.agreement] = _proposed(row)
            elif action == "drop":
                proposed.pop(row.agreement, None)
            elif action == "sign" and state == _ACTIVE and row.agreement in proposed:
                signed = replace(proposed.pop(row.agreement), place=_place(row))
                found[row.agreement].append(signed)
    return found


def _proposed(row: Any) -> TermsInForce:
    is_coming = row.id is not None and row.status not in (OPENED, SHREDDED)
    is_awaited = is_coming or row.unlisted is not None
    return TermsInForce(_place(row), row.id, row.body, tuple(row.readers or ()), is_awaited)


def _place(row: Any) -> Place:
    return (row.block_number, row.log_index, row.position)


_PLACE: Final = (col(Event.block_number), col(Event.log_index), col(Event.position))
_IS_RECORD: Final = and_(
    col(Event.block_number) == col(Record.block_number),
    col(Event.log_index) == col(Record.log_index),
)
_IS_DOCUMENT: Final = and_(
    col(Document.digest) == col(Record.digest), col(Document.position) == col(Event.position)
)
_IS_UNLISTED: Final = and_(
    col(Manifest.digest) == col(Record.digest), col(Manifest.status) != FETCHED
)
_STEPS: Final = (
    select(
        col(Event.agreement),
        col(Event.action),
        col(Event.state),
        *_PLACE,
        col(Document.id),
        col(Document.body),
        col(Document.readers),
        col(Document.status),
        col(Manifest.digest).label("unlisted"),
    )
    .join(Record, _IS_RECORD)
    .outerjoin(Document, _IS_DOCUMENT)
    .outerjoin(Manifest, _IS_UNLISTED)
    .where(
        col(Event.machine) == "agreement",
        col(Event.order_number).is_(None),
        col(Event.number) == 0,
    )
)
