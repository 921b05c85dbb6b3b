"""Where hosted organisations hand in what they want recorded.

A document is sealed for everybody who has a seat and lies in the vault, flushed to disk, before the
wish that commits to it is accepted; acceptance is one database transaction, into which the caller
may put rows of its own.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Engine
from sqlmodel import Session

from ledger import lifecycle, outbox, prediction
from ledger.acceptance import Accepted, KeptBefore, Numbers, Receipt, Within, finish
from ledger.acceptor import Acceptor
from ledger.attachment.register import attached_to
from ledger.backlog import Backlog, Limits
from ledger.database import in_thread, reading, writing
from ledger.deployment import Deployment
from ledger.document.header import Binding
from ledger.errors import TooManyWaiting
from ledger.feed import Bell
from ledger.host import Host, require_host
from ledger.intent import Intent, domain_separator
from ledger.preparation import Preparation
from ledger.preparation import Wish as Wish
from ledger.role import Permission
from ledger.sealing import Content, recipients_of, seal_into
from ledger.sitting import Outcome
from ledger.sitting import Within as WithinAll
from ledger.unread import require_terms_read
from ledger.vault import Vault


class Desk:
    """Seals and accepts for the organisations hosted here.

    Parameters
    ----------
    work : Bell
        Rung when something was accepted.
    limits : Limits
        How much may wait.
    """

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        deployment: Deployment,
        hosts: Mapping[int, Host],
        work: Bell,
        limits: Limits,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._deployment = deployment
        self._network = domain_separator(deployment.order_domain)
        self._hosts = hosts
        self._work = work
        self._numbers = Numbers()
        self._preparation = Preparation(engine, vault, deployment, hosts, self._numbers)
        self._acceptor = Acceptor(engine, frozenset(hosts), self._numbers, work, Backlog(limits))

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
        (outcome,) = await self.record_all(organisation, [wish], _of_one(within))
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def record_all(
        self,
        organisation: int,
        wishes: Sequence[Wish],
        within: WithinAll | Receipt | None = None,
    ) -> list[Outcome]:
        """Accept many actions in one database transaction; each stands or is refused by itself.

        Raises
        ------
        TooManyWaiting
            When there is no room for them; nothing is accepted then.
        """
        host = require_host(self._hosts, organisation)
        if not any(wish.document is not None for wish in wishes):
            candidates = self._preparation.unsealed(host, wishes)
            return await self._acceptor.accept(organisation, candidates, within)
        candidates = await in_thread(self._preparation.sealed, host, wishes)
        try:
            outcomes = await self._acceptor.accept(organisation, candidates, within)
        except (KeptBefore, TooManyWaiting) as refused:
            # Of anything else nobody knows whether it was not accepted after all.
            nothing = [refused] * len(wishes)
            await in_thread(self._preparation.forget_refused, wishes, candidates, nothing)
            raise
        if not all(isinstance(each, Accepted) for each in outcomes):
            await in_thread(self._preparation.forget_refused, wishes, candidates, outcomes)
        return outcomes

    async def record_signed(
        self, intent: Intent, signature: bytes, within: Within | None = None
    ) -> Accepted:
        """Accept an intent that an organisation signed with a key of its own.

        Raises
        ------
        Refused
            The error that the chain would give.
        SignatureMalformed
            When the signature is that of no key.
        """
        (outcome,) = await self.record_all_signed(
            intent.organisation, [(intent, signature)], _of_one(within)
        )
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def record_all_signed(
        self,
        organisation: int,
        signed: Sequence[tuple[Intent, bytes]],
        within: WithinAll | Receipt | None = None,
    ) -> list[Outcome]:
        """Accept many signed intents of one organisation in one database transaction.

        Each stands or is refused by itself.

        Raises
        ------
        TooManyWaiting
            When there is no room for them; nothing is accepted then.
        """
        candidates = await in_thread(self._preparation.signed, signed)
        return await self._acceptor.accept(organisation, candidates, within)

    async def close(self) -> None:
        """Wait until everything that was handed in is answered."""
        await self._acceptor.close()

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
            files = attached_to(session, organisation, terms) if terms else ()
        if terms is not None:
            document = seal_into(
                self._vault,
                terms,
                sender=host,
                recipients=recipients,
                binding=Binding(self._network, agreement, "agreement", 0),
                readers=tuple(sorted(self._hosts.keys() & set(parties))),
                attachments=files,
            )
            commitment = document.commitment
        with writing(self._engine) as session:
            prediction.require_permission(session, organisation, host.key.address, Permission.AGREE)
            if action == "sign":
                require_terms_read(session, organisation, agreement)
            entry = outbox.accept_step(
                session,
                organisation=organisation,
                agreement=agreement,
                row=row,
                terms=commitment or bytes(32),
                seats=seats,
                notice_days=notice_days,
                document=document,
            )
            return finish(session, entry, within)


def _of_one(within: Within | None) -> WithinAll | Receipt | None:
    if within is None or isinstance(within, Receipt):
        return within
    add = within

    def of_all(session: Session, outcomes: list[Outcome]) -> None:
        add(session, [each for each in outcomes if isinstance(each, Accepted)])

    return of_all
