"""Where hosted organisations hand in what they want recorded.

A document is sealed for everybody who has a seat and lies in the vault, flushed to disk, before the
wish that commits to it is accepted; acceptance is one database transaction, into which the caller
may put rows of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine
from sqlmodel import Session

from ledger import lifecycle, outbox, prediction
from ledger.acceptance import Accepted, Numbers, Within, acceptance_of, finish
from ledger.assembly import plain
from ledger.catalogue import LedgerError
from ledger.database import in_thread, reading, writing
from ledger.deployment import Deployment
from ledger.document.header import Binding
from ledger.errors import IntentMalformed
from ledger.feed import Bell
from ledger.host import Host, require_host
from ledger.intent import Intent, digest, domain_separator
from ledger.lifecycle import Row
from ledger.model import SignedIntent
from ledger.model.sending import SIGNED
from ledger.outbox import DocumentReference
from ledger.role import Permission
from ledger.sealing import Content, recipients_of, seal_into
from ledger.unread import require_read
from ledger.vault import Vault

BLIND: Final = frozenset(
    {"reject", "withdraw", "dispute", "dispute_delivery", "refuse", "withdraw_announcement"}
)
"""Actions that need nobody to have read the other side's document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """An action on an order or delivery that somebody wants recorded.

    Parameters
    ----------
    action : str
        Its name in the lifecycle table, for example ``issue`` or ``despatch``.
    number : int, optional
        Order or delivery; left out for a new one, which gets the next free number.
    order : int, optional
        The order that a new delivery belongs to.
    document : Content, optional
        The content behind it.
    sealed : DocumentReference, optional
        The same, sealed and in the vault already.
    """

    agreement: int
    action: str
    number: int | None = None
    order: int | None = None
    document: Content | None = None
    sealed: DocumentReference | None = None


class Desk:
    """Seals and accepts for the organisations hosted here.

    Parameters
    ----------
    work : Bell
        Rung when something was accepted.
    """

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        deployment: Deployment,
        hosts: Mapping[int, Host],
        work: Bell,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._deployment = deployment
        self._network = domain_separator(deployment.order_domain)
        self._hosts = hosts
        self._work = work
        self._numbers = Numbers()

    async def record(self, organisation: int, wish: Wish, within: Within | None = None) -> Accepted:
        """Accept an action on an order or delivery.

        Raises
        ------
        Refused
            The error that the chain would give.
        DocumentInvalid
            When the document breaks its model.
        DocumentUnread, DocumentBroken
            When the other side's document of this order has not been read.
        """
        (outcome,) = await self.record_all(organisation, [wish], within)
        if isinstance(outcome, LedgerError):
            raise outcome
        return outcome

    async def record_all(
        self, organisation: int, wishes: Sequence[Wish], within: Within | None = None
    ) -> list[Accepted | LedgerError]:
        """Accept many actions in one database transaction; each stands or is refused by itself.

        Raises
        ------
        DocumentInvalid
            When a document breaks its model; nothing is accepted then.
        """
        outcomes = await in_thread(self._record_all, organisation, wishes, within)
        self._work.ring()
        return outcomes

    async def record_signed(
        self, intent: Intent, signature: bytes, within: Within | None = None
    ) -> Accepted:
        """Accept an intent that an organisation signed with a key of its own.

        Raises
        ------
        Refused
            The error that the chain would give.
        """

        def accept() -> Accepted:
            row = _row_of(intent.action)
            signed = SignedIntent(
                organisation=intent.organisation,
                kind="intent",
                digest=digest(self._deployment.order_domain, intent),
                nonce=intent.nonce.to_bytes(32),
                deadline=intent.deadline,
                value=plain(intent),
                signature=signature,
                status=SIGNED,
            )
            with writing(self._engine) as session:
                action = outbox.accept_signed(
                    session, signed, row, intent.agreement, intent.number, intent.order
                )
                return finish(session, action, None, within)

        accepted = await in_thread(accept)
        self._work.ring()
        return accepted

    async def propose(
        self,
        organisation: int,
        *,
        seats: tuple[int, int, int, int, int],
        notice_days: int,
        terms: Content,
        within: Within | None = None,
    ) -> Accepted:
        """Propose an agreement; the answer tells its number.

        Parameters
        ----------
        seats : tuple of int
            Organisations as buyer, seller, carrier, inspector, arbiter; 0 is empty.
        """

        def accept() -> Accepted:
            with reading(self._engine) as session:
                agreement = self._numbers.take(
                    ("agreement", organisation), outbox.next_agreement(session, organisation)
                )
            return self._step(organisation, agreement, "propose", terms, seats, notice_days, within)

        accepted = await in_thread(accept)
        self._work.ring()
        return accepted

    async def step(
        self,
        organisation: int,
        agreement: int,
        action: str,
        *,
        terms: Content | None = None,
        within: Within | None = None,
    ) -> Accepted:
        """Sign, decline, amend, drop, end or give notice of an agreement.

        Parameters
        ----------
        terms : Content, optional
            New terms, when amending; signing takes the terms on the table.
        """
        accepted = await in_thread(
            self._step, organisation, agreement, action, terms, (0, 0, 0, 0, 0), 0, within
        )
        self._work.ring()
        return accepted

    def _record_all(
        self, organisation: int, wishes: Sequence[Wish], within: Within | None
    ) -> list[Accepted | LedgerError]:
        host = require_host(self._hosts, organisation)
        prepared = [self._prepared(host, wish) for wish in wishes]
        outcomes: list[Accepted | LedgerError] = []
        with writing(self._engine) as session:
            prediction.require_permission(
                session, organisation, host.key.address, Permission.RECORD
            )
            for wish, preparation in zip(wishes, prepared, strict=True):
                try:
                    if isinstance(preparation, LedgerError):
                        raise preparation
                    outcomes.append(self._accept(session, host, wish, *preparation))
                except LedgerError as refused:
                    outcomes.append(refused)
            session.flush()
            accepted = [each for each in outcomes if isinstance(each, Accepted)]
            if within is not None and accepted:
                within(session, accepted)
        self._forget_refused(prepared, outcomes)
        return outcomes

    def _prepared(
        self, host: Host, wish: Wish
    ) -> tuple[Row, int, DocumentReference | None] | LedgerError:
        """Find the number of a wish and seal its document."""
        try:
            row = _named(wish.action)
            with reading(self._engine) as session:
                agreement = prediction.require_agreement(session, wish.agreement)
                number = wish.number
                if number is None:
                    free = outbox.next_number(session, row.machine, wish.agreement)
                    number = self._numbers.take((row.machine, wish.agreement), free)
                if wish.document is None:
                    return row, number, wish.sealed
                recipients = recipients_of(session, {host.number, *agreement.seats})
        except LedgerError as refused:
            return refused
        binding = Binding(self._network, wish.agreement, row.machine, number)
        readers = tuple(sorted(self._hosts.keys() & {each.organisation for each in recipients}))
        document = seal_into(
            self._vault,
            wish.document,
            sender=host,
            recipients=recipients,
            binding=binding,
            readers=readers,
        )
        return row, number, document

    def _accept(
        self,
        session: Session,
        host: Host,
        wish: Wish,
        row: Row,
        number: int,
        document: DocumentReference | None,
    ) -> Accepted:

        def guard(order: int) -> None:
            if row.action not in BLIND:
                require_read(session, host.number, wish.agreement, order)

        action = outbox.accept_action(
            session,
            organisation=host.number,
            agreement=wish.agreement,
            row=row,
            number=number,
            order=wish.order,
            document=document,
            guard=guard,
        )
        return acceptance_of(action, document)

    def _forget_refused(
        self, prepared: Sequence[Any], outcomes: list[Accepted | LedgerError]
    ) -> None:
        """Remove blocks that were sealed for what was refused after all."""
        for preparation, outcome in zip(prepared, outcomes, strict=True):
            is_sealed_here = isinstance(preparation, tuple) and preparation[2] is not None
            if isinstance(outcome, LedgerError) and is_sealed_here and preparation[2].body:
                self._vault.delete(preparation[2].cid)

    def _step(
        self,
        organisation: int,
        agreement: int,
        action: str,
        terms: Content | None,
        seats: tuple[int, int, int, int, int],
        notice_days: int,
        within: Within | None,
    ) -> Accepted:
        host = require_host(self._hosts, organisation)
        row = lifecycle.row_named("agreement", action)
        document = None
        with reading(self._engine) as session:
            parties, commitment = seats, b""
            if action != "propose":
                parties = prediction.require_agreement(session, agreement).seats
            if action == "sign":
                # A signer names what it agrees to: the parties, the notice and the terms.
                seats, notice_days, commitment = prediction.on_table(session, agreement)
            recipients = recipients_of(session, {organisation, *parties}) if terms else []
        if terms is not None:
            document = seal_into(
                self._vault,
                terms,
                sender=host,
                recipients=recipients,
                binding=Binding(self._network, agreement, "agreement", 0),
                readers=tuple(sorted(self._hosts.keys() & set(parties))),
            )
            commitment = document.commitment
        with writing(self._engine) as session:
            prediction.require_permission(session, organisation, host.key.address, Permission.AGREE)
            if action == "sign":
                require_read(session, organisation, agreement, None)
            accepted = outbox.accept_step(
                session,
                organisation=organisation,
                agreement=agreement,
                row=row,
                terms=commitment or bytes(32),
                seats=seats,
                notice_days=notice_days,
                document=document,
            )
            return finish(session, accepted, document, within)


def _named(action: str) -> Row:
    for machine in ("order", "delivery"):
        try:
            return lifecycle.row_named(machine, action)
        except KeyError:
            continue
    raise IntentMalformed(
        intent="Wish", field="action", value=action, solidity_type="action of the lifecycle table"
    )


def _row_of(action: int) -> Row:
    try:
        return lifecycle.row_of(action)
    except KeyError:
        raise IntentMalformed(
            intent="Intent",
            field="action",
            value=action,
            solidity_type="action of the lifecycle table",
        ) from None
