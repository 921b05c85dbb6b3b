"""What became of transactions that the chain has taken and the indexer has nothing to tell of.

Most are settled by the indexer, from the events in them. What is left was undone, told nothing, or
lost its nonce to another. An undone one parts its intents into halves that travel on apart, until
the one that undid it is alone; that one is refused.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine, Row, select, update
from sqlmodel import Session

from ledger import settlement
from ledger.assembly import encoding_of
from ledger.block import Receipt
from ledger.catalogue import Refused
from ledger.client import Client
from ledger.database import in_thread, reading, writing
from ledger.deployment import Deployment
from ledger.dispatch import calldata
from ledger.errors import RpcRefused
from ledger.flight import Flight, Place
from ledger.gathering import draft_of, signed_rows
from ledger.lease import Lease
from ledger.model import Cursor
from ledger.model.sending import (
    ATTEMPTS,
    REFUSED,
    REVERTED,
    SENT,
    SIGNATURES,
    SIGNED,
    STORED,
    TRANSACTIONS,
)

ASKED_MAX: Final = 64
"""Most transactions that are asked about in one round."""


@dataclass(slots=True)
class Landing:
    """Settles what no event tells of.

    Parameters
    ----------
    flight : Flight
        Knows where the account stands.
    """

    engine: Engine
    client: Client
    deployment: Deployment
    flight: Flight
    lease: Lease

    async def look(self, place: Place) -> None:
        """See what became of transactions whose nonce the chain has taken.

        The indexer comes first: it has to have read the block that is the head now.
        """
        mined = await in_thread(self._mined, place)
        if not mined:
            return
        attempts = [(number, nonce, tx_hash) for number, nonce, tx_hash in mined]
        receipts = await self.client.receipts([tx_hash for *_, tx_hash in attempts])
        found: dict[int, Receipt | None] = {}
        for (number, _, _), receipt in zip(attempts, receipts, strict=True):
            found[number] = receipt or found.get(number)
        nonces = {number: nonce for number, nonce, _ in attempts}
        absent = [number for number, receipt in found.items() if receipt is None]
        # A receipt may be gone because the chain has just lost the block: then so is the nonce.
        taken = (await self.flight.place()).taken if absent else place.taken
        for number, receipt in found.items():
            if receipt is not None:
                await self._land(number, receipt)
            elif nonces[number] < taken:
                await in_thread(self._take_out, number)

    def _mined(self, place: Place) -> list[Row[int, int, bytes]]:
        found = (
            select(TRANSACTIONS.c.id, TRANSACTIONS.c.nonce, ATTEMPTS.c.hash)
            .join(ATTEMPTS, ATTEMPTS.c.transaction_id == TRANSACTIONS.c.id)
            .where(
                TRANSACTIONS.c.sender == self.flight.key.address,
                TRANSACTIONS.c.nonce < place.taken,
                TRANSACTIONS.c.status.in_([STORED, SENT]),
            )
            .order_by(TRANSACTIONS.c.nonce)
            .limit(ASKED_MAX)
        )
        with reading(self.engine) as session:
            cursor = session.get(Cursor, self.deployment.chain_id)
            if cursor is None or cursor.block_number < place.head:
                return []
            return list(session.connection().execute(found).all())

    async def _land(self, number: int, receipt: Receipt) -> None:
        watched = {address.lower() for address in self.deployment.watched}
        if not receipt.is_success:
            # Somebody else may have carried its intents before: that has to be heard first.
            if await in_thread(self._is_heard, receipt.block_number):
                await self._part(number, receipt)
        elif not any(log.address.lower() in watched for log in receipt.logs):
            # The indexer does not see it, for it told nothing.
            await in_thread(self._include, receipt)

    def _is_heard(self, block_number: int) -> bool:
        with reading(self.engine) as session:
            cursor = session.get(Cursor, self.deployment.chain_id)
            return cursor is not None and cursor.block_number >= block_number

    def _include(self, receipt: Receipt) -> None:
        with writing(self.engine) as session:
            self.lease.require(session)
            block = (receipt.block_number, receipt.gas_used)
            settlement.include(session, {receipt.tx_hash: block})

    async def _part(self, number: int, receipt: Receipt) -> None:
        """Part the intents of an undone transaction; one that was alone is refused."""
        aboard = await in_thread(self._aboard, number)
        problem: bytes | None = None
        if len(aboard) == 1:
            (draft,) = map(draft_of, aboard)
            to, data = calldata(self.deployment, [draft])
            try:
                await self.client.eth_call(to, data, sender=self.flight.key.address)
            except (Refused, RpcRefused) as refused:
                problem = encoding_of(refused)
            # A call without signature is protected from a second effect by its nonce alone.
            if problem is None and (draft.company or not draft.signature):
                problem = b""
        await in_thread(self._give_back, number, receipt, problem)

    def _aboard(self, number: int) -> list[Row[*tuple[Any, ...]]]:
        with reading(self.engine) as session:
            return _aboard(session, number)

    def _give_back(self, number: int, receipt: Receipt, problem: bytes | None) -> None:
        with writing(self.engine) as session:
            self.lease.require(session)
            session.connection().execute(
                update(TRANSACTIONS)
                .where(TRANSACTIONS.c.id == number)
                .values(
                    status=REVERTED,
                    hash=receipt.tx_hash,
                    block_number=receipt.block_number,
                    gas_used=receipt.gas_used,
                )
            )
            aboard = _aboard(session, number)
            if problem is not None:
                settlement.refuse_whole(session, {row.digest: problem for row in aboard})
                return
            half = (len(aboard) + 1) // 2
            for side, part in enumerate((aboard[:half], aboard[half:])):
                _free(session, [row.id for row in part], 2 * number + side)

    def _take_out(self, number: int) -> None:
        """Another transaction took the nonce: the intents travel on in a new one."""
        with writing(self.engine) as session:
            self.lease.require(session)
            session.connection().execute(
                update(TRANSACTIONS).where(TRANSACTIONS.c.id == number).values(status=REFUSED)
            )
            aboard = _aboard(session, number)
            _free(session, [row.id for row in aboard if row.signature])
            unsigned = {row.digest: b"" for row in aboard if not row.signature}
            settlement.refuse_whole(session, unsigned)


def _aboard(session: Session, number: int) -> list[Row[*tuple[Any, ...]]]:
    """Give the intents of a transaction that are yet to be decided."""
    found = (
        signed_rows()
        .where(SIGNATURES.c.transaction_id == number, SIGNATURES.c.status == SENT)
        .order_by(SIGNATURES.c.id)
    )
    return list(session.connection().execute(found).all())


def _free(session: Session, ids: list[int], company: int = 0) -> None:
    """Let intents wait for another transaction, in a company of their own."""
    session.connection().execute(
        update(SIGNATURES)
        .where(SIGNATURES.c.id.in_(ids))
        .values(status=SIGNED, transaction_id=None, company=company)
    )
