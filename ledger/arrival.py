"""What the courier reads and writes, as sets: what is due, and what became of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine, bindparam, select, union, update
from sqlmodel import Session, SQLModel, col

from ledger.clock import now_ms
from ledger.database import portions, reading
from ledger.examination import strictest
from ledger.feed import tell_all
from ledger.model import Document, Manifest, Organisation, OrganisationKey
from ledger.model.parcel import DOCUMENT_WAITS, MANIFEST_WAITS, OPENED

BACK_OFF_MS: Final = 500
BACK_OFF_MAX_MS: Final = 300_000

_DOCUMENT: Final = SQLModel.metadata.tables[str(Document.__tablename__)]
_MANIFEST: Final = SQLModel.metadata.tables[str(Manifest.__tablename__)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an attempt at a document.

    Parameters
    ----------
    status : str
        ``opened``, ``missing`` or ``broken``.
    body, readers
        Of an opened one.
    """

    id: int
    status: str
    reason: str | None = None
    body: dict[str, Any] | None = None
    readers: Sequence[int] = ()


def due_members(engine: Engine) -> dict[str, list[int]]:
    """Name the gateways that something is due from: endpoint, and the organisations it is of."""
    now = now_ms()
    owners = union(
        *(
            select(table.c.organisation).where(waits, table.c.next_attempt_ms <= now)
            for table, waits in ((_DOCUMENT, DOCUMENT_WAITS), (_MANIFEST, MANIFEST_WAITS))
        )
    )
    members: dict[str, list[int]] = {}
    with reading(engine) as session:
        connection = session.connection()
        numbers = sorted(connection.execute(owners).scalars())
        endpoints: dict[int, str] = {}
        for part in portions(numbers):
            found = select(col(Organisation.number), col(Organisation.endpoint)).where(
                col(Organisation.number).in_(part)
            )
            endpoints.update((row.number, row.endpoint) for row in connection.execute(found))
    for number in numbers:
        members.setdefault(endpoints.get(number, "").rstrip("/"), []).append(number)
    return members


def due_manifests(engine: Engine, members: Collection[int], limit: int) -> list[Any]:
    """List manifests of some organisations that are due."""
    return _due(engine, _MANIFEST, MANIFEST_WAITS, members, limit)


def due_documents(engine: Engine, members: Collection[int], limit: int) -> list[Any]:
    """List documents of some organisations that are due, without their bodies."""
    return _due(engine, _DOCUMENT, DOCUMENT_WAITS, members, limit)


def _due(engine: Engine, table: Any, waits: Any, members: Collection[int], limit: int) -> list[Any]:
    columns = [column for column in table.c if column.name not in ("body", "findings")]
    # Each organisation for itself, so that the index of what waits leads to it.
    due: list[Any] = []
    with reading(engine) as session:
        for member in members:
            asked = (
                select(*columns)
                .where(waits, table.c.organisation == member, table.c.next_attempt_ms <= now_ms())
                .order_by(table.c.next_attempt_ms)
                .limit(limit - len(due))
            )
            due += session.connection().execute(asked).all()
            if len(due) >= limit:
                break
    return due


def addresses_of(session: Session, organisations: Iterable[int]) -> dict[int, list[str]]:
    """Give the addresses that may speak for organisations."""
    found = select(col(OrganisationKey.organisation), col(OrganisationKey.address)).where(
        col(OrganisationKey.organisation).in_(set(organisations))
    )
    addresses: dict[int, list[str]] = {}
    for organisation, address in session.connection().execute(found):
        addresses.setdefault(organisation, []).append(address)
    return addresses


def write_outcomes(
    session: Session,
    rows: Sequence[Any],
    outcomes: Sequence[Outcome],
    findings: Mapping[int, list[dict[str, str]]],
) -> None:
    """Write what became of documents, and tell what is new of it.

    Parameters
    ----------
    rows : sequence
        As `due_documents` gave them. What has gone since, or was opened, is left alone.
    findings : mapping
        By the id of a document: of the opened ones, and of others that waited for them.
    """
    row_of = {row.id: row for row in rows}
    still = select(_DOCUMENT.c.id).where(DOCUMENT_WAITS, _DOCUMENT.c.id.in_(list(row_of)))
    waiting = set(session.connection().execute(still).scalars())
    written = [each for each in outcomes if each.id in waiting]
    opened = [each for each in written if each.status == OPENED]
    others = [each for each in written if each.status != OPENED]
    _write(
        session,
        _DOCUMENT,
        [
            {
                "at": each.id,
                "body": each.body,
                "type": (each.body or {}).get("document_type"),
                "readers": list(each.readers),
                **_judgement(findings.get(each.id)),
                "status": OPENED,
                "reason": None,
            }
            for each in opened
        ],
    )
    judged = [{"at": id, **_judgement(each)} for id, each in findings.items() if id not in row_of]
    _write(session, _DOCUMENT, judged)
    put_off(session, _DOCUMENT.name, [(row_of[e.id], e.status, e.reason) for e in others])
    news = [each for each in written if each.status != row_of[each.id].status]
    notices = [_notice(row_of[each.id], each, findings.get(each.id)) for each in news]
    tell_all(session, "document", notices)


def put_off(session: Session, table: str, attempts: Sequence[tuple[Any, str, str | None]]) -> None:
    """Try rows again later, each twice as late as the last time, with its status and reason."""
    now = now_ms()
    _write(
        session,
        SQLModel.metadata.tables[table],
        [
            {
                "at": _key(row),
                "status": status,
                "reason": reason,
                "attempts": row.attempts + 1,
                "next_attempt_ms": now + back_off_ms(row.attempts, _key(row)),
            }
            for row, status, reason in attempts
        ],
    )


def back_off_ms(attempts: int, key: int | bytes) -> int:
    """Give the pause after an attempt: up to a quarter more or less, by the row's key.

    So rows that failed together are not all tried together again.
    """
    pause_ms = min(BACK_OFF_MS << min(attempts, 20), BACK_OFF_MAX_MS)
    number = int.from_bytes(key[:4], "big") if isinstance(key, bytes) else key
    spread = (number + attempts) * 2_654_435_761 % 2**32
    return pause_ms * 3 // 4 + pause_ms // 2 * spread // 2**32


def _key(row: Any) -> Any:
    return row.id if hasattr(row, "id") else row.digest


def _write(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    (key,) = table.primary_key.columns
    # The columns that are set are those of the rows.
    session.connection().execute(update(table).where(key == bindparam("at")), rows)


def _judgement(findings: list[dict[str, str]] | None) -> dict[str, Any]:
    policy = strictest(findings or ())
    return {"findings": findings, "contradicts": bool(findings), "policy": policy}


def _notice(
    row: Any, outcome: Outcome, findings: list[dict[str, str]] | None
) -> tuple[int | None, int | None, dict[str, Any]]:
    body = {
        "document": row.id,
        "kind": row.kind,
        "number": row.number,
        "order": row.order_number,
        "status": outcome.status,
        "reason": outcome.reason,
        "readers": list(outcome.readers or row.readers),
        "findings": findings,
    }
    return row.agreement, row.organisation, body
