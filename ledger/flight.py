"""Transactions of ours between their signing and their block.

A transaction is in the database, signed and with its nonce, before it is sent; so a crash or a
chain that lost its tail needs nothing but sending the same bytes again, in the order of nonces.
"""

import logging
from typing import Final

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from ledger import settlement
from ledger.assembly import Draft, restored
from ledger.block import GasPrice, Receipt
from ledger.catalogue import Refused
from ledger.client import Client
from ledger.clock import now_ms
from ledger.database import in_thread, reading, writing
from ledger.deployment import Deployment
from ledger.dispatch import calldata
from ledger.errors import RpcRefused
from ledger.key import SigningKey, transaction_hash
from ledger.model import ChainTransaction, Cursor, PendingAction, SignedIntent
from ledger.model.sending import INCLUDED, REFUSED, REVERTED, SENT, SIGNED, STORED

FILLER_GAS: Final = 21_000

_log = logging.getLogger(__name__)


class NonceTaken(Exception):
    """Another round has stored a transaction under this nonce."""


class Flight:
    """Sends stored transactions and follows them until they are in a block.

    Parameters
    ----------
    key : SigningKey
        Pays for the transactions; nobody else sends with it.
    """

    def __init__(
        self, engine: Engine, client: Client, deployment: Deployment, key: SigningKey
    ) -> None:
        self._engine = engine
        self._client = client
        self._deployment = deployment
        self.key = key

    async def next_nonce(self) -> int:
        """Give the nonce of the next transaction."""
        on_chain = await self._client.nonce(self.key.address)

        def highest() -> int | None:
            newest = select(func.max(ChainTransaction.nonce)).where(
                ChainTransaction.sender == self.key.address
            )
            with reading(self._engine) as session:
                return session.exec(newest).one()

        stored = await in_thread(highest)
        return on_chain if stored is None else max(on_chain, stored + 1)

    def require_next(self, session: Session, nonce: int) -> None:
        """Refuse a nonce that has been used by a transaction stored meanwhile.

        Raises
        ------
        NonceTaken
            When so.
        """
        used = select(ChainTransaction.id).where(
            ChainTransaction.sender == self.key.address, ChainTransaction.nonce >= nonce
        )
        if session.exec(used).first() is not None:
            raise NonceTaken

    async def send(self, transactions: list[ChainTransaction]) -> None:
        """Broadcast stored transactions in the order of their nonces.

        Raises
        ------
        Unreachable
            When the node does not answer; what was not sent is sent by `follow`.
        """
        for transaction in transactions:
            try:
                await self._client.send_raw(transaction.raw)
            except RpcRefused as refused:
                # Known already or mined already: `follow` tells what became of it.
                _log.info("transaction %d: %s", transaction.nonce, refused.message)
        ids = [transaction.id for transaction in transactions]
        await in_thread(self._mark_sent, ids)

    async def follow(self) -> tuple[int, int]:
        """See what became of transactions, and send again what the chain does not have.

        Returns
        -------
        tuple of int
            How many the chain has yet to take, and the nonce up to which it has taken all.
        """
        on_chain = await self._client.nonce(self.key.address)
        waiting, mined = await in_thread(self._undecided, on_chain)
        await self._fill_gaps(on_chain, waiting)
        lost = await self._unknown(waiting)
        if lost:
            _log.info("sending again from nonce %d: %d transactions", lost[0].nonce, len(lost))
            await self.send(lost)
        if mined:
            receipts = await self._client.receipts([each.hash for each in mined])
            for transaction, receipt in zip(mined, receipts, strict=True):
                await self._land(transaction, receipt)
        return len(waiting), on_chain

    def _undecided(self, on_chain: int) -> tuple[list[ChainTransaction], list[ChainTransaction]]:
        """Give what the chain has yet to take, and what it has taken without our knowing how."""
        ours = select(ChainTransaction).where(ChainTransaction.sender == self.key.address)
        with reading(self._engine) as session:
            waiting = session.exec(
                ours.where(ChainTransaction.nonce >= on_chain).order_by(col(ChainTransaction.nonce))
            ).all()
            mined = session.exec(
                ours.where(
                    ChainTransaction.nonce < on_chain,
                    col(ChainTransaction.status).in_([STORED, SENT]),
                )
            ).all()
            session.expunge_all()
            return list(waiting), list(mined)

    async def _unknown(self, waiting: list[ChainTransaction]) -> list[ChainTransaction]:
        asked = [("eth_getTransactionByHash", ("0x" + each.hash.hex(),)) for each in waiting]
        answers = await self._client.batch(asked) if asked else []
        return [each for each, answer in zip(waiting, answers, strict=True) if answer is None]

    async def _fill_gaps(self, on_chain: int, waiting: list[ChainTransaction]) -> None:
        """Store a transaction that does nothing for every nonce that nothing was stored for."""
        held = {each.nonce for each in waiting}
        missing = [nonce for nonce in range(on_chain, max(held, default=0)) if nonce not in held]
        if not missing:
            return
        price = await self.price()
        for nonce in missing:
            filler = self.sign(nonce, self.key.address, b"", FILLER_GAS, price)
            await in_thread(self._store, filler)
            waiting.append(filler)
        waiting.sort(key=lambda each: each.nonce)

    def sign(self, nonce: int, to: str, data: bytes, gas: int, price: GasPrice) -> ChainTransaction:
        """Sign a transaction; it is yet to be stored."""
        raw = self.key.sign_transaction(
            {
                "chainId": self._deployment.chain_id,
                "nonce": nonce,
                "gas": gas,
                "maxFeePerGas": price.max_fee,
                "maxPriorityFeePerGas": price.tip,
                "to": to,
                "value": 0,
                "data": data,
            }
        )
        return ChainTransaction(
            sender=self.key.address,
            nonce=nonce,
            hash=transaction_hash(raw),
            raw=raw,
            gas_limit=gas,
            status=STORED,
            stored_ms=now_ms(),
        )

    async def price(self) -> GasPrice:
        """Tell what to offer for gas now."""
        return await self._client.gas_price(self.key.address)

    async def _land(self, transaction: ChainTransaction, receipt: Receipt | None) -> None:
        if receipt is None:
            # Another transaction took the nonce: its intents are still to be heard.
            await in_thread(self._take_out, transaction)
        elif not receipt.is_success:
            # Somebody else may have carried its intents before: that has to be heard first.
            if await in_thread(self._is_heard, receipt.block_number):
                await self._isolate(transaction, receipt)
        elif not any(log.address.lower() in self._watched for log in receipt.logs):
            # The indexer does not see it, for it told nothing.
            def settle() -> None:
                with writing(self._engine) as session:
                    settlement.include(
                        session, transaction.hash, receipt.block_number, receipt.gas_used
                    )

            await in_thread(settle)

    def _is_heard(self, block_number: int) -> bool:
        with reading(self._engine) as session:
            cursor = session.get(Cursor, self._deployment.chain_id)
            return cursor is not None and cursor.block_number >= block_number

    @property
    def _watched(self) -> frozenset[str]:
        return frozenset(address.lower() for address in self._deployment.watched)

    async def _isolate(self, transaction: ChainTransaction, receipt: Receipt) -> None:
        """Let the intents of a reverted transaction travel alone; one that was alone is refused."""
        drafts = await in_thread(self._drafts_of, transaction)
        problem: bytes | None = None
        if len(drafts) == 1:
            to, data = calldata(self._deployment, drafts)
            try:
                await self._client.eth_call(to, data, sender=self.key.address)
            except Refused as refused:
                problem = encoding_of(refused)
            if problem is None and drafts[0].is_alone:
                problem = b""
        await in_thread(self._give_back, transaction, receipt, problem)

    def _drafts_of(self, transaction: ChainTransaction) -> list[Draft]:
        with reading(self._engine) as session:
            return [draft_of(session, each) for each in _aboard(session, transaction)]

    def _give_back(
        self, transaction: ChainTransaction, receipt: Receipt, problem: bytes | None
    ) -> None:
        with writing(self._engine) as session:
            stored = session.get_one(ChainTransaction, transaction.id)
            stored.status, stored.block_number = REVERTED, receipt.block_number
            stored.gas_used = receipt.gas_used
            for signed in _aboard(session, transaction):
                if problem is None:
                    signed.status, signed.transaction_id, signed.is_alone = SIGNED, None, True
                else:
                    settlement.settle(session, signed.digest, {}, problem)

    def _take_out(self, transaction: ChainTransaction) -> None:
        with writing(self._engine) as session:
            stored = session.get_one(ChainTransaction, transaction.id)
            stored.status = REFUSED
            for signed in _aboard(session, transaction):
                signed.status, signed.transaction_id = SIGNED, None

    def _store(self, transaction: ChainTransaction) -> None:
        with writing(self._engine) as session:
            session.add(transaction)
            session.flush()
            session.refresh(transaction)

    def _mark_sent(self, ids: list[int | None]) -> None:
        with writing(self._engine) as session:
            found = select(ChainTransaction).where(col(ChainTransaction.id).in_(ids))
            for transaction in session.exec(found):
                if transaction.status != INCLUDED:
                    transaction.status = SENT
                transaction.sent_ms = now_ms()


def draft_of(session: Session, signed: SignedIntent) -> Draft:
    """Read a signed intent back, as it was signed."""
    actions = session.exec(
        select(PendingAction.id)
        .where(PendingAction.intent_id == signed.id)
        .order_by(col(PendingAction.position))
    ).all()
    is_call = not signed.signature
    return Draft(
        organisation=signed.organisation,
        kind=signed.kind,
        value=None if is_call else restored(signed.kind, signed.value),
        signature=signed.signature,
        digest=signed.digest,
        actions=[each for each in actions if each is not None],
        gas=0,
        call=signed.value if is_call else {},
        signed_id=signed.id,
        is_alone=signed.is_alone,
    )


def encoding_of(refused: Refused) -> bytes:
    """Give a refusal as the chain encoded it."""
    data = refused.arguments.get("data")
    return data if isinstance(data, bytes) else refused.encoded()


def _aboard(session: Session, transaction: ChainTransaction) -> list[SignedIntent]:
    """Give the intents of a transaction that are yet to be decided."""
    found = select(SignedIntent).where(
        SignedIntent.transaction_id == transaction.id, SignedIntent.status == SENT
    )
    return list(session.exec(found).all())
