"""Transactions of ours between their signing and their block.

A transaction is in the database, signed and with its nonce, before it is sent; so a crash or a
chain that lost its tail needs nothing but sending the same bytes again, in the order of nonces. One
that no block takes is offered again under the same nonce for a higher fee; whichever attempt is
mined counts.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine, Row, Select, func, select, update
from sqlmodel import Session

from ledger.client import Client
from ledger.clock import now_ms
from ledger.database import in_thread, reading, writing
from ledger.deployment import Deployment
from ledger.errors import RpcRefused
from ledger.fee import Market, Offer
from ledger.key import SigningKey, transaction_hash
from ledger.lease import Lease
from ledger.model.sending import ATTEMPTS, INCLUDED, SENT, TRANSACTIONS
from ledger.raw_transaction import Unsigned
from ledger.storing import Sealed, store_attempt, store_transaction

FILLER_GAS: Final = 21_000
SEND_AGAIN_MS: Final = 1_000
"""How long what a node says it knows is not handed to it again: some do not count what waits."""
FEE_MAX: Final = 10**12
"""Wei per gas: a thousand gwei."""

_UNDERPRICED: Final = ("underpriced", "fee too low", "less than block base fee")
_KNOWN: Final = ("already known", "known transaction", "already imported")
_POOR: Final = ("insufficient funds", "insufficient balance")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Aloft:
    """A stored transaction that the chain has yet to take, by its newest attempt.

    Parameters
    ----------
    since_ms : int
        When it was signed for this fee.
    """

    id: int
    nonce: int
    hash: bytes
    max_fee: int
    tip: int
    since_ms: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account stands on the chain.

    Parameters
    ----------
    taken, known : int
        Nonce up to which the chain has taken all; up to which the node holds all.
    head : int
        Number of the latest block, asked after the others.
    """

    taken: int
    known: int
    head: int


class Flight:
    """Sends stored transactions and sees to it that a block takes them.

    Parameters
    ----------
    key : SigningKey
        Pays for the transactions; nobody sends with it but the holder of the lease.
    stuck_s : float
        How long a transaction may wait for its block before it offers more.
    fee_max : int
        Most to pay, in wei per gas.
    """

    def __init__(
        self,
        engine: Engine,
        client: Client,
        deployment: Deployment,
        key: SigningKey,
        lease: Lease,
        *,
        stuck_s: float = 30.0,
        fee_max: int = FEE_MAX,
    ) -> None:
        self._engine = engine
        self._client = client
        self._deployment = deployment
        self._lease = lease
        self._stuck_ms = int(stuck_s * 1000)
        self._fee_max = fee_max
        self._underpriced: set[int] = set()
        self._known_ms: dict[int, int] = {}
        self.key = key

    async def place(self) -> Place:
        """Ask where the account stands."""
        address = self.key.address
        taken, known, head = await self._client.batch(
            [
                ("eth_getTransactionCount", (address, "latest")),
                ("eth_getTransactionCount", (address, "pending")),
                ("eth_blockNumber", ()),
            ]
        )
        return Place(int(taken, 16), max(int(known, 16), int(taken, 16)), int(head, 16))

    def next_nonce(self, session: Session, place: Place) -> int:
        """Give the nonce of the next transaction."""
        newest = select(func.max(TRANSACTIONS.c.nonce)).where(
            TRANSACTIONS.c.sender == self.key.address
        )
        stored: int | None = session.connection().execute(newest).scalar()
        return place.taken if stored is None else max(place.taken, stored + 1)

    def seal(self, nonce: int, to: str, data: bytes, gas: int, offer: Offer) -> Sealed:
        """Sign a transaction; it is yet to be stored."""
        offer = offer.capped(self._fee_max)
        return self._sealed(
            Unsigned(
                chain_id=self._deployment.chain_id,
                nonce=nonce,
                max_fee=offer.max_fee,
                tip=offer.tip,
                gas=gas,
                to=to,
                data=data,
                is_legacy=offer.is_legacy,
            )
        )

    async def keep_aloft(self, place: Place, market: Market) -> int:
        """Fill gaps, raise what is stuck, and send again what the node does not hold.

        Returns
        -------
        int
            How many transactions the chain has yet to take.
        """
        waiting = await in_thread(self._waiting, place.taken)
        if await in_thread(self._fill_gaps, place.taken, waiting, market.offer):
            waiting = await in_thread(self._waiting, place.taken)
        raised = await in_thread(self._raise, waiting, market)
        self._known_ms = {each.id: self._known_ms.get(each.id, 0) for each in waiting}
        recent_ms = now_ms() - SEND_AGAIN_MS
        lost = [
            each.id
            for each in waiting
            if each.id in raised
            or (each.nonce >= place.known and self._known_ms[each.id] <= recent_ms)
        ]
        if lost:
            _log.info("%s sends %d transactions again", self.key.address, len(lost))
            await self.send(lost)
        return len(waiting)

    async def send(self, ids: Sequence[int]) -> None:
        """Broadcast stored transactions in the order of their nonces.

        Raises
        ------
        Unreachable
            When the node does not answer; what was not sent is sent by `keep_aloft`.
        """
        rows = await in_thread(self._newest_attempts, ids)
        for row in rows:
            try:
                await self._client.send_raw(row.raw)
            except RpcRefused as refused:
                self._hear(row.id, row.nonce, refused.message.lower())
        await in_thread(self._mark_sent, [row.id for row in rows])

    def _hear(self, number: int, nonce: int, said: str) -> None:
        """Take a node's no: what it does not hold in the end is sent again."""
        if any(words in said for words in _UNDERPRICED):
            self._underpriced.add(number)
        if any(words in said for words in _KNOWN):
            self._known_ms[number] = now_ms()
        if any(words in said for words in _POOR):
            _log.error("%s cannot pay for transaction %d: %s", self.key.address, nonce, said)
        else:
            _log.info("transaction %d: %s", nonce, said)

    def _waiting(self, taken: int) -> list[Aloft]:
        newest = (
            select(
                TRANSACTIONS.c.id,
                TRANSACTIONS.c.nonce,
                TRANSACTIONS.c.hash,
                ATTEMPTS.c.max_fee,
                ATTEMPTS.c.tip,
                ATTEMPTS.c.stored_ms,
            )
            .join(ATTEMPTS, ATTEMPTS.c.hash == TRANSACTIONS.c.hash)
            .where(TRANSACTIONS.c.sender == self.key.address, TRANSACTIONS.c.nonce >= taken)
            .order_by(TRANSACTIONS.c.nonce)
        )
        with reading(self._engine) as session:
            return [Aloft(*row) for row in session.connection().execute(newest)]

    def _newest_attempts(self, ids: Sequence[int]) -> list[Row[int, int, bytes]]:
        found = (
            select(TRANSACTIONS.c.id, TRANSACTIONS.c.nonce, ATTEMPTS.c.raw)
            .join(ATTEMPTS, ATTEMPTS.c.hash == TRANSACTIONS.c.hash)
            .where(TRANSACTIONS.c.id.in_(ids))
            .order_by(TRANSACTIONS.c.nonce)
        )
        with reading(self._engine) as session:
            return list(session.connection().execute(found).all())

    def _fill_gaps(self, taken: int, waiting: Sequence[Aloft], offer: Offer) -> bool:
        """Store a transaction that does nothing for every nonce that nothing was stored for."""
        held = {each.nonce for each in waiting}
        missing = [nonce for nonce in range(taken, max(held, default=0)) if nonce not in held]
        if missing:
            with writing(self._engine) as session:
                self._lease.require(session)
                for nonce in missing:
                    filler = self.seal(nonce, self.key.address, b"", FILLER_GAS, offer)
                    store_transaction(session, self.key.address, filler)
        return bool(missing)

    def _raise(self, waiting: Sequence[Aloft], market: Market) -> set[int]:
        """Sign what is stuck once more for a higher fee, and store that; gives the rows' ids."""
        stuck = [each for each in waiting if self._is_stuck(each, waiting[0].nonce, market)]
        if not stuck or market.offer.is_free:
            return set()
        raised = set()
        with writing(self._engine) as session:
            self._lease.require(session)
            for each in stuck:
                old = Unsigned.parse(session.connection().execute(_dearest(each.id)).scalar_one())
                wanted = market.offer.above(old.max_fee, old.tip)
                if wanted.max_fee > self._fee_max:
                    _log.error(
                        "transaction %d of %s is stuck: %d wei per gas are not enough, and "
                        "relayer.fee_max allows %d",
                        each.nonce,
                        self.key.address,
                        old.max_fee,
                        self._fee_max,
                    )
                    continue
                sealed = self._sealed(old.at(wanted.max_fee, wanted.tip))
                store_attempt(session, each.id, sealed)
                # The newest attempt is sent from now on; all of them are known by their hashes.
                session.connection().execute(
                    update(TRANSACTIONS)
                    .where(TRANSACTIONS.c.id == each.id)
                    .values(hash=sealed.hash)
                )
                raised.add(each.id)
        self._underpriced -= raised
        return raised

    def _is_stuck(self, each: Aloft, first: int, market: Market) -> bool:
        """Whether it needs a higher fee: the node said so, gas costs more, or it waits too long.

        Only the first in line can wait for its fee's sake; the others wait for it.
        """
        is_late = each.nonce == first and now_ms() - each.since_ms >= self._stuck_ms
        return is_late or each.id in self._underpriced or each.max_fee < market.price

    def _sealed(self, unsigned: Unsigned) -> Sealed:
        raw = self.key.sign_unsigned(unsigned)
        return Sealed(unsigned, raw, transaction_hash(raw))

    def _mark_sent(self, ids: list[int]) -> None:
        sent = update(TRANSACTIONS).where(TRANSACTIONS.c.id.in_(ids))
        with writing(self._engine) as session:
            self._lease.require(session)
            connection = session.connection()
            connection.execute(sent.values(sent_ms=now_ms()))
            is_open = TRANSACTIONS.c.status != INCLUDED
            connection.execute(sent.where(is_open).values(status=SENT))


def _dearest(transaction: int) -> Select[bytes]:
    """Ask for the attempt that offers most: the newest may be an older one that a lost block had.

    Less than that was offered before, and would be the same bytes once more.
    """
    offered = ATTEMPTS.c.transaction_id == transaction
    return select(ATTEMPTS.c.raw).where(offered).order_by(ATTEMPTS.c.max_fee.desc()).limit(1)
