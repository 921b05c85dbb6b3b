"""One relayer key at work: gathers its share, signs, stores, sends, and follows.

A round: gather what waits, sign it, store the signed transactions in one database transaction, then
send them. Whatever happens between two of these steps, the next round goes on where the last one
stopped: what is not stored was never sent, and what is stored is sent until the chain has it.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine, exists, select
from sqlmodel import Session

from ledger import settlement
from ledger.assembly import Assembler, Draft, SetAside, encoding_of
from ledger.client import Call, Client
from ledger.clock import now_ms
from ledger.database import in_thread, reading, writing
from ledger.deployment import Deployment
from ledger.dispatch import Dispatch, dispatches
from ledger.errors import RpcRefused
from ledger.fee import Market, Offer
from ledger.flight import FEE_MAX, Flight, Place
from ledger.gathering import ACTION, SIGNATURE, Gathered, Share, gather
from ledger.host import Host
from ledger.key import SigningKey
from ledger.landing import Landing
from ledger.lease import Lease
from ledger.model.sending import ACTIONS, SENT, SIGNATURES, STORED, TRANSACTIONS
from ledger.storing import Nonces, store_round
from ledger.vault import Vault

GATHER_MAX: Final = 10_000
GAS_MARGIN: Final = 30_000
ESTIMATES_MAX: Final = 5
"""How often a node may fail to estimate a wish's gas without a reason before it is refused."""

_log = logging.getLogger(__name__)

Interrupt = Callable[[str], None]
"""Called with the name of each write boundary as it is passed; tests crash the relayer there."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How relayers work.

    Parameters
    ----------
    gather_s : float
        Longest wait of a round's first wish for company.
    quiet_s : float
        The wait ends where nothing was accepted for so long.
    follow_s : float
        Pause between two looks at what waits and what became of transactions.
    deadline_s : int
        How long a signature counts, from the chain's time on.
    in_flight_max : int
        Transactions of one key that may be without a block at once.
    stuck_s : float
        How long a transaction may wait for its block before it offers more.
    fee_max : int
        Most to pay, in wei per gas.
    keep_days : float
        For how long what is decided and final is kept.
    """

    gather_s: float = 0.25
    quiet_s: float = 0.02
    follow_s: float = 0.25
    deadline_s: int = 3600
    in_flight_max: int = 32
    stuck_s: float = 30.0
    fee_max: int = FEE_MAX
    keep_days: float = 30.0


@dataclass(slots=True)
class _Doubt:
    """A wish that the chain would refuse now, as far as the node says.

    Parameters
    ----------
    before : int
        Nonce below which everything that it could rest on is sent.
    """

    before: int
    tries: int = 0


class Lane:
    """Signs and sends for the organisations hosted here, with one key.

    Parameters
    ----------
    key : SigningKey
        Pays for the transactions.
    share : Share
        What it sends of all that waits.
    finality : int
        Blocks behind the head that never change.
    """

    def __init__(
        self,
        engine: Engine,
        client: Client,
        deployment: Deployment,
        vault: Vault,
        hosts: Mapping[int, Host],
        key: SigningKey,
        share: Share,
        *,
        finality: int,
        settings: Settings,
        interrupt: Interrupt = lambda boundary: None,
    ) -> None:
        self._engine = engine
        self._client = client
        self._deployment = deployment
        self._vault = vault
        self._hosts = hosts
        self._share = share
        self._finality = finality
        self._settings = settings
        self._interrupt = interrupt
        self._doubts: dict[int, _Doubt] = {}
        self._settled_term = 0
        self.lease = Lease(f"relayer:{key.address.lower()}")
        self.flight = Flight(
            engine,
            client,
            deployment,
            key,
            self.lease,
            stuck_s=settings.stuck_s,
            fee_max=settings.fee_max,
        )
        self._landing = Landing(engine, client, deployment, self.flight, self.lease)

    async def advance(self) -> bool:
        """Do one round; true when more waits than one round takes.

        Raises
        ------
        Unreachable
            When node or database do not answer; nothing is lost.
        LeaseLost, WishesTaken, NonceTaken
            When another process has been here; nothing of this round was stored.
        """
        if not await in_thread(self._holds):
            return False
        seen = await self._follow() if await in_thread(self._has_unlanded) else None
        waiting = await in_thread(self._gather)
        if not waiting:
            return False
        market, place, in_flight = seen or await self._follow()
        room = self._settings.in_flight_max - in_flight
        if room <= 0:
            return False
        await self._send(waiting, place, market, room)
        return len(waiting.wishes) >= GATHER_MAX or len(waiting.signed) >= GATHER_MAX

    async def _follow(self) -> tuple[Market, Place, int]:
        """See what became of transactions; tells how many the chain has yet to take."""
        market = await Market.ask(self._client, self.flight.key.address)
        place = await self.flight.place()
        in_flight = await self.flight.keep_aloft(place, market)
        await self._landing.look(place)
        return market, place, in_flight

    def give_back(self) -> None:
        """Let another process have the key at once."""
        if self.lease.until_ms:
            with writing(self._engine) as session:
                self.lease.give_back(session)

    async def _send(self, waiting: Gathered, place: Place, market: Market, room: int) -> None:
        nonces, first = await in_thread(self._numbers, place)
        assembler = Assembler(
            self._deployment,
            self._vault,
            self._hosts,
            nonces,
            market.time_s + self._settings.deadline_s,
        )
        found = await in_thread(self._sign, waiting, assembler)
        ready = await self._measured(found[:room], first, place.taken)
        self._interrupt("signed")
        if assembler.aside:
            await in_thread(self._set_aside, assembler.aside)
        if ready:
            ids = await in_thread(self._store, ready, nonces, first, market.offer)
            self._interrupt("stored")
            await self.flight.send(ids)
            self._interrupt("sent")

    def _holds(self) -> bool:
        """Hold the lease; a new holder also waits for what other keys still carry of its share."""
        if not self.lease.is_fresh:
            with writing(self._engine) as session:
                if not self.lease.take(session):
                    return False
        if self._settled_term != self.lease.term:
            with reading(self._engine) as session:
                if self._is_carried_by_others(session):
                    return False
            self._settled_term = self.lease.term
        return True

    def _is_carried_by_others(self, session: Session) -> bool:
        """Whether other keys carry what is in this share since the number of keys changed."""
        carried = (
            select(ACTION.id)
            .select_from(ACTIONS.join(SIGNATURES, SIGNATURE.id == ACTION.intent_id))
            .join(TRANSACTIONS, TRANSACTIONS.c.id == SIGNATURE.transaction_id)
            .where(
                TRANSACTIONS.c.status.in_([STORED, SENT]),
                TRANSACTIONS.c.sender != self.flight.key.address,
                SIGNATURE.status == SENT,
                self._share.of_wishes(),
            )
            .limit(1)
        )
        return session.connection().execute(carried).first() is not None

    def _has_unlanded(self) -> bool:
        mine = TRANSACTIONS.c.sender == self.flight.key.address
        unlanded = exists().where(mine, TRANSACTIONS.c.status.in_([STORED, SENT]))
        with reading(self._engine) as session:
            return bool(session.connection().execute(select(unlanded)).scalar())

    def _gather(self) -> Gathered:
        with reading(self._engine) as session:
            return gather(session, self._share, now_ms(), self._finality, GATHER_MAX)

    def _numbers(self, place: Place) -> tuple[Nonces, int]:
        with reading(self._engine) as session:
            nonces = Nonces.read(session, self.flight.key.address)
            return nonces, self.flight.next_nonce(session, place)

    def _sign(self, waiting: Gathered, assembler: Assembler) -> list[Dispatch]:
        drafts: list[Draft] = list(waiting.signed)
        for old, wishes in waiting.expired:
            drafts += assembler.again(old, wishes)
        drafts += assembler.assemble(waiting.wishes)
        return dispatches(self._deployment, drafts, assembler.aside)

    async def _measured(self, found: list[Dispatch], first: int, taken: int) -> list[Dispatch]:
        """Ask the chain for the gas of what has no bound; leave out what it would refuse.

        What a wish rests on may be on its way: a refusal is final only once the chain has taken
        every transaction that was before it.

        Parameters
        ----------
        first, taken : int
            Nonce of the next transaction, and the one up to which the chain has taken all.
        """
        unbound = [dispatch for dispatch in found if dispatch.gas == 0]
        sender = self.flight.key.address
        asked: list[Call] = [
            ("eth_estimateGas", ({"from": sender, "to": each.to, "data": "0x" + each.data.hex()},))
            for each in unbound
        ]
        answers = await self._client.batch_settled(asked) if asked else []
        refused: list[Dispatch] = []
        for dispatch, answer in zip(unbound, answers, strict=True):
            if not isinstance(answer, RpcRefused):
                dispatch.gas = int(answer, 16) * 3 // 2 + GAS_MARGIN
                self._doubts.pop(_doubted(dispatch), None)
                continue
            refused.append(dispatch)
            if self._is_refused(dispatch, answer, first, taken):
                await in_thread(self._refuse, dispatch, encoding_of(answer.reason or answer))
        return [dispatch for dispatch in found if dispatch not in refused]

    def _is_refused(self, dispatch: Dispatch, no: RpcRefused, first: int, taken: int) -> bool:
        doubt = self._doubts.setdefault(_doubted(dispatch), _Doubt(first))
        doubt.tries += 1
        # A node that gives no reason may only be busy.
        is_final = taken >= doubt.before and (no.reason or doubt.tries >= ESTIMATES_MAX)
        if is_final:
            del self._doubts[_doubted(dispatch)]
        return bool(is_final)

    def _refuse(self, dispatch: Dispatch, problem: bytes) -> None:
        with writing(self._engine) as session:
            self.lease.require(session)
            for draft in dispatch.drafts:
                if draft.signed_id is not None:
                    settlement.refuse_whole(session, {draft.digest: problem})
                else:
                    settlement.refuse_wishes(session, dict.fromkeys(draft.actions, problem))

    def _set_aside(self, aside: Sequence[SetAside]) -> None:
        _log.warning("%d wishes cannot be signed: %s", len(aside), aside[0].problem.decode("latin"))
        with writing(self._engine) as session:
            self.lease.require(session)
            settlement.refuse_wishes(session, {each.wish: each.problem for each in aside})

    def _store(self, ready: list[Dispatch], nonces: Nonces, first: int, offer: Offer) -> list[int]:
        """Store signed transactions and everything they carry, all or nothing."""
        sealed = [
            self.flight.seal(first + place, each.to, each.data, each.gas, offer)
            for place, each in enumerate(ready)
        ]
        sender = self.flight.key.address
        with writing(self._engine) as session:
            self.lease.require(session)
            ids = store_round(session, sender, list(zip(ready, sealed, strict=True)))
            nonces.write(session, sender)
            self._interrupt("storing")
        return ids


def _doubted(dispatch: Dispatch) -> int:
    """Name what travels alone: by its wish, or, signed already, by its intent below zero."""
    draft = dispatch.drafts[0]
    return draft.actions[0] if draft.actions else -(draft.signed_id or 0)
