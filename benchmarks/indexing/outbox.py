"""What the sending gateway keeps beside the facts: wishes, and the intents they were signed in."""

import secrets
from pathlib import Path
from typing import Final

from sqlmodel import SQLModel

from ledger.database import connect, migrate, writing
from ledger.model import PendingAction, SignedIntent
from ledger.model.sending import RECORDED

BATCH: Final = 1_000
ACCEPTED_MS: Final = 1_795_000_000_000


def bytes_per_event(folder: Path, events: int) -> float:
    """Measure a database of recorded wishes, each with a document of its own."""
    file = folder / "outbox.sqlite"
    engine = connect(f"sqlite:///{file}")
    migrate(engine)
    tables = SQLModel.metadata.tables
    sizes = []
    for batches in (0, events // BATCH):
        with writing(engine) as session:
            for intent in range(1, batches + 1):
                signed = tables[str(SignedIntent.__tablename__)].insert()
                session.connection().execute(signed, [_signed(intent)])
                wishes = tables[str(PendingAction.__tablename__)].insert()
                session.connection().execute(wishes, [_wish(intent, i) for i in range(BATCH)])
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        sizes.append(file.stat().st_size)
    engine.dispose()
    return (sizes[1] - sizes[0]) / events


def _signed(intent: int) -> dict[str, object]:
    return SignedIntent(
        id=intent,
        organisation=1,
        agreement=1 << 32 | 1,
        kind="batch",
        digest=secrets.token_bytes(32),
        nonce=secrets.token_bytes(32),
        deadline=ACCEPTED_MS // 1_000,
        value=secrets.token_bytes(64 + 16),
        signature=secrets.token_bytes(65),
        status=RECORDED,
    ).model_dump()


def _wish(intent: int, position: int) -> dict[str, object]:
    number = intent * BATCH + position
    return PendingAction(
        id=number,
        organisation=1,
        machine="order",
        action="confirm",
        agreement=1 << 32 | 1,
        number=number,
        order_number=number,
        commitment=secrets.token_bytes(32),
        status=RECORDED,
        intent_id=intent,
        position=position,
        accepted_ms=ACCEPTED_MS,
        was_recorded=True,
    ).model_dump()
