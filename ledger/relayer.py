"""Takes accepted wishes to the chain; the only sender of transactions.

A round: gather what waits, sign it, store the signed transactions in one database transaction, then
send them. Whatever happens between two of these steps, the next round goes on where the last one
stopped: what is not stored was never sent, and what is stored is sent until the chain has it.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Engine, func, update
from sqlmodel import Session, col, select

from ledger import settlement
from ledger.action import unpack_actions
from ledger.assembly import Assembler, Draft, plain
from ledger.block import GasPrice
from ledger.catalogue import Refused
from ledger.client import Client
from ledger.clock import now_ms
from ledger.database import in_thread, reading, writing
from ledger.deployment import Deployment
from ledger.dispatch import Dispatch, dispatches
from ledger.errors import RpcRefused, Unreachable
from ledger.feed import Bell
from ledger.flight import Flight, NonceTaken, draft_of, encoding_of
from ledger.gas import INTENT_GAS, bound_of
from ledger.host import Host
from ledger.intent import Batch
from ledger.key import SigningKey
from ledger.model import ChainTransaction, Document, NonceRange, PendingAction, SignedIntent
from ledger.model.sending import ACCEPTED, EXPIRED, REPLACED, SENT, SIGNED
from ledger.vault import Vault

GATHER_MAX: Final = 20_000
GAS_MARGIN: Final = 30_000

_log = logging.getLogger(__name__)

Interrupt = Callable[[str], None]
"""Called with the name of each write boundary as it is passed; tests crash the relayer there."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the relayer works.

    Parameters
    ----------
    gather_s : float
        How long the first wish of a round waits for company.
    follow_s : float
        Pause between two looks at what became of transactions.
    deadline_s : int
        How long a signature counts, from the chain's time on.
    in_flight_max : int
        Transactions that may be without a block at once.
    """

    gather_s: float = 0.05
    follow_s: float = 0.5
    deadline_s: int = 3600
    in_flight_max: int = 32


class WishesTaken(Exception):
    """Another round has taken these wishes; nothing of this one was stored."""


class Relayer:
    """Signs and sends for the organisations hosted here.

    Parameters
    ----------
    key : SigningKey
        Pays for the transactions.
    work : Bell
        Rung when something was accepted.
    """

    def __init__(
        self,
        engine: Engine,
        client: Client,
        deployment: Deployment,
        vault: Vault,
        hosts: Mapping[int, Host],
        key: SigningKey,
        *,
        work: Bell,
        settings: Settings,
        interrupt: Interrupt = lambda boundary: None,
    ) -> None:
        self._engine = engine
        self._client = client
        self._deployment = deployment
        self._vault = vault
        self._hosts = hosts
        self._work = work
        self._settings = settings
        self._interrupt = interrupt
        self._flight = Flight(engine, client, deployment, key)
        self._doubtful: dict[int, int] = {}

    async def run(self) -> None:
        """Relay until cancelled."""
        while True:
            try:
                has_more = await self.advance()
            except (Unreachable, RpcRefused, WishesTaken, NonceTaken) as problem:
                _log.info("relaying waits: %s", problem)
                has_more = False
            if not has_more and await self._work.wait(self._settings.follow_s):
                await asyncio.sleep(self._settings.gather_s)

    async def advance(self) -> bool:
        """Do one round; true when more waits than one round takes.

        Raises
        ------
        Unreachable
            When the node does not answer; nothing is lost.
        """
        in_flight, taken = await self._flight.follow()
        room = self._settings.in_flight_max - in_flight
        if room <= 0:
            return False
        waiting = await in_thread(self._gather)
        if not waiting.actions and not waiting.signed and not waiting.expired:
            return False
        block = await self._client.block("latest")
        deadline = (block.timestamp if block else 0) + self._settings.deadline_s
        nonces = _Nonces(waiting.ranges)
        drafts = await in_thread(self._sign, waiting, nonces, deadline)
        first = await self._flight.next_nonce()
        ready = await self._measured(dispatches(self._deployment, drafts)[:room], first, taken)
        self._interrupt("signed")
        if not ready:
            return False
        price = await self._flight.price()
        stored = await in_thread(self._store, ready, nonces, first, price)
        self._interrupt("stored")
        await self._flight.send(stored)
        self._interrupt("sent")
        return len(waiting.actions) == GATHER_MAX

    def _gather(self) -> "_Waiting":
        waiting = (
            select(PendingAction)
            .where(
                PendingAction.status == ACCEPTED,
                col(PendingAction.intent_id).is_(None),
                PendingAction.not_before_ms <= now_ms(),
                col(PendingAction.organisation).in_(list(self._hosts)),
            )
            .order_by(col(PendingAction.id))
            .limit(GATHER_MAX)
        )
        with reading(self._engine) as session:
            actions = list(session.exec(waiting).all())
            signed = session.exec(
                select(SignedIntent)
                .where(SignedIntent.status == SIGNED, col(SignedIntent.transaction_id).is_(None))
                .order_by(col(SignedIntent.id))
            ).all()
            expired = session.exec(select(SignedIntent).where(SignedIntent.status == EXPIRED)).all()
            found = _Waiting(
                actions=actions,
                signed=[_measured_anew(draft_of(session, each)) for each in signed],
                expired=[(draft_of(session, e), _actions_of(session, e)) for e in expired],
                cids=_cids(session, actions),
                ranges=_ranges(session),
            )
            session.expunge_all()
            return found

    def _sign(self, waiting: "_Waiting", nonces: "_Nonces", deadline: int) -> list[Draft]:
        assembler = Assembler(
            self._deployment, self._vault, self._hosts, nonces, deadline, waiting.cids
        )
        drafts = list(waiting.signed)
        for old, actions in waiting.expired:
            assert old.value is not None
            anew = assembler.again(old.kind, old.value, actions)
            drafts.append(_measured_anew(replace(anew, replaces=old.signed_id)))
        alone = [each for each in waiting.actions if each.machine in ("agreement", "auction")]
        trade = [each for each in waiting.actions if each.machine in ("order", "delivery")]
        for each in alone:
            is_step = each.machine == "agreement"
            drafts.append(assembler.step(each) if is_step else assembler.call(each))
        return drafts + assembler.batches(trade)

    async def _measured(self, found: list[Dispatch], first: int, taken: int) -> list[Dispatch]:
        """Ask the chain for the gas of what has no bound; refuse what it would refuse.

        What a wish rests on may be on its way: a refusal is final only once the chain has taken
        every transaction that was before it.

        Parameters
        ----------
        first, taken : int
            Nonce of the next transaction, and the one up to which the chain has taken all.
        """
        ready: list[Dispatch] = []
        for dispatch in found:
            if dispatch.gas == 0:
                try:
                    needed = await self._client.estimate_gas(
                        self._flight.key.address, dispatch.to, dispatch.data
                    )
                except Refused as refused:
                    key = dispatch.drafts[0].actions[0]
                    before = self._doubtful.setdefault(key, first + len(ready))
                    if taken >= before:
                        del self._doubtful[key]
                        await in_thread(self._refuse, dispatch, encoding_of(refused))
                    continue
                dispatch.gas = needed * 3 // 2 + GAS_MARGIN
            ready.append(dispatch)
        return ready

    def _refuse(self, dispatch: Dispatch, problem: bytes) -> None:
        with writing(self._engine) as session:
            for draft in dispatch.drafts:
                if draft.signed_id is not None:
                    settlement.settle(session, draft.digest, {}, problem)
                    continue
                for action_id in draft.actions:
                    settlement.refuse(session, session.get_one(PendingAction, action_id), problem)

    def _store(
        self, ready: list[Dispatch], nonces: "_Nonces", first: int, price: GasPrice
    ) -> list[ChainTransaction]:
        """Store signed transactions and everything they carry, all or nothing."""
        transactions = [
            self._flight.sign(first + place, each.to, each.data, each.gas, price)
            for place, each in enumerate(ready)
        ]
        with writing(self._engine) as session:
            self._flight.require_next(session, first)
            for transaction, dispatch in zip(transactions, ready, strict=True):
                session.add(transaction)
                session.flush()
                for draft in dispatch.drafts:
                    _store_draft(session, draft, transaction)
            for organisation, (start, used) in nonces.ranges.items():
                session.merge(NonceRange(organisation=organisation, start=start, used=used))
            self._interrupt("storing")
            session.flush()
            session.expunge_all()
        return transactions


@dataclass(slots=True)
class _Waiting:
    """What a round begins with.

    Parameters
    ----------
    signed : list of Draft
        Signed elsewhere, or to travel again alone.
    expired : list
        What was signed and expired, with the wishes in it.
    """

    actions: list[PendingAction]
    signed: list[Draft]
    expired: list[tuple[Draft, list[PendingAction]]]
    cids: dict[int, str]
    ranges: dict[int, tuple[bytes, int]]


class _Nonces:
    """Hands out intent nonces: from a random word on, one after another, 256 to a storage slot."""

    def __init__(self, ranges: dict[int, tuple[bytes, int]]) -> None:
        self.ranges = dict(ranges)

    def __call__(self, organisation: int) -> int:
        start, used = self.ranges.get(organisation) or (_random_start(), 0)
        self.ranges[organisation] = (start, used + 1)
        return (int.from_bytes(start) + used) % (1 << 256)


def _random_start() -> bytes:
    return secrets.token_bytes(31) + b"\0"


def _store_draft(session: Session, draft: Draft, transaction: ChainTransaction) -> None:
    if draft.signed_id is not None:
        signed = session.get_one(SignedIntent, draft.signed_id)
        if signed.status != SIGNED:
            raise WishesTaken
        signed.status, signed.transaction_id = SENT, transaction.id
        session.add(signed)
        _mark_actions(session, draft, draft.signed_id)
        return
    _require_free(session, draft)
    value = draft.value
    signed = SignedIntent(
        organisation=draft.organisation,
        kind=draft.kind,
        # A call without signature is known by its transaction.
        digest=draft.digest or transaction.hash,
        nonce=value.nonce.to_bytes(32) if value else bytes(32),
        deadline=value.deadline if value else 0,
        value=plain(value) if value else draft.call,
        signature=draft.signature,
        status=SENT,
        transaction_id=transaction.id,
    )
    session.add(signed)
    session.flush()
    if draft.replaces is not None:
        session.get_one(SignedIntent, draft.replaces).status = REPLACED
    assert signed.id is not None
    _mark_actions(session, draft, signed.id)
    for position, action_id in enumerate(draft.actions):
        session.connection().execute(
            update(Document)
            .where(col(Document.action_id) == action_id)
            .values(digest=signed.digest, position=position)
        )


def _require_free(session: Session, draft: Draft) -> None:
    """Refuse to store wishes that another round has taken meanwhile."""
    taken_from = (
        col(PendingAction.intent_id).is_(None)
        if draft.replaces is None
        else col(PendingAction.intent_id) == draft.replaces
    )
    free = 0
    for start in range(0, len(draft.actions), 500):
        part = draft.actions[start : start + 500]
        counted = select(func.count()).where(col(PendingAction.id).in_(part), taken_from)
        free += session.exec(counted).one()
    if free != len(draft.actions):
        raise WishesTaken


def _mark_actions(session: Session, draft: Draft, signed_id: int) -> None:
    for position, action_id in enumerate(draft.actions):
        session.connection().execute(
            update(PendingAction)
            .where(col(PendingAction.id) == action_id)
            .values(status=SENT, intent_id=signed_id, position=position)
        )


def _measured_anew(draft: Draft) -> Draft:
    """Bound the gas of an intent that was signed before."""
    if isinstance(draft.value, Batch):
        draft.gas = bound_of(unpack_actions(draft.value.actions))
    elif draft.kind == "intent":
        draft.gas = INTENT_GAS
    return draft


def _actions_of(session: Session, signed: SignedIntent) -> list[PendingAction]:
    found = (
        select(PendingAction)
        .where(PendingAction.intent_id == signed.id)
        .order_by(col(PendingAction.position))
    )
    return list(session.exec(found).all())


def _ranges(session: Session) -> dict[int, tuple[bytes, int]]:
    return {each.organisation: (each.start, each.used) for each in session.exec(select(NonceRange))}


def _cids(session: Session, actions: list[PendingAction]) -> dict[int, str]:
    with_document = [each.id for each in actions if each.commitment is not None]
    found: dict[int, str] = {}
    for start in range(0, len(with_document), 500):
        part = with_document[start : start + 500]
        rows = session.exec(
            select(Document.action_id, Document.cid).where(col(Document.action_id).in_(part))
        )
        found.update({action_id: cid for action_id, cid in rows if action_id is not None})
    return found
