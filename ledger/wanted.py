"""What is due from one gateway: in whose names it is asked for, and who else may hold it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from ledger.block_source import Wanted
from ledger.database import portions, reading
from ledger.model import Organisation
from ledger.unfolding import facts_of, readers, seats_of
from ledger.vault import cid_from_digest


def wanted_manifests(
    engine: Engine, hosted: Collection[int], manifests: Sequence[Any]
) -> list[Wanted]:
    """Tell who may ask for manifests: hosted organisations that a fact of the batch concerns."""
    with reading(engine) as session:
        facts = facts_of(session, [row.digest for row in manifests])
        seats = seats_of(session, {fact.agreement for fact in facts})
        others = _Others(session, hosted, seats)
    askers: dict[bytes, set[int]] = {}
    agreements: dict[bytes, set[int]] = {}
    for fact in facts:
        askers.setdefault(fact.digest, set()).update(readers(fact, seats, hosted))
        agreements.setdefault(fact.digest, set()).add(fact.agreement)
    return [
        Wanted(
            cid_from_digest(row.block),
            sorted(askers.get(row.digest, ())),
            others.of(row.organisation, agreements.get(row.digest, ())),
        )
        for row in manifests
    ]


def wanted_documents(
    engine: Engine, hosted: Collection[int], documents: Sequence[Any]
) -> list[Wanted]:
    """Tell who may ask for documents: their readers."""
    with reading(engine) as session:
        others = _Others(session, hosted, seats_of(session, {row.agreement for row in documents}))
    return [
        Wanted(row.cid, row.readers, others.of(row.organisation, [row.agreement]))
        for row in documents
    ]


class _Others:
    """Gateways of those who sit in the same agreements."""

    def __init__(
        self,
        session: Session,
        hosted: Collection[int],
        seats: Mapping[int, tuple[int, ...]],
    ) -> None:
        self._seats = seats
        members = {each for seated in seats.values() for each in seated if each}
        self._endpoints: dict[int, str] = {}
        for part in portions(sorted(members)):
            found = select(Organisation.number, Organisation.endpoint).where(
                col(Organisation.number).in_(part)
            )
            rows = session.connection().execute(found)
            self._endpoints.update((number, each.rstrip("/")) for number, each in rows)
        self._ours = {self._endpoints.get(each, "") for each in hosted}

    def of(self, sender: int, agreements: Iterable[int | None]) -> list[str]:
        """List where else what somebody sent about some agreements may be."""
        seated = sorted({seat for each in agreements for seat in self._seats.get(each or 0, ())})
        found = dict.fromkeys(self._endpoints.get(each, "") for each in seated)
        apart = {"", self._endpoints.get(sender, "")} | self._ours
        return [endpoint for endpoint in found if endpoint not in apart]
