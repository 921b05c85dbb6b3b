"""Where hosted organisations hand in what they want recorded.

A document is sealed for everybody who has a seat and lies in the vault, flushed to disk, before the
wish that commits to it is accepted; acceptance is one database transaction, into which the caller
may put rows of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from ledger import lifecycle, outbox, prediction
from ledger.acceptance import Accepted, Numbers, Within, finish
from ledger.acceptor import Acceptor, Candidate, Outcome, Refusal
from ledger.acceptor import Within as WithinAll
from ledger.backlog import Backlog, Limits
from ledger.catalogue import LedgerError
from ledger.database import in_thread, reading, writing
from ledger.deployment import Deployment
from ledger.document.content_key import Recipient
from ledger.document.header import Binding
from ledger.errors import IntentMalformed
from ledger.feed import Bell
from ledger.forecast import Ask, Forecast
from ledger.host import Host, require_host
from ledger.intent import Intent, digest, domain_separator
from ledger.key import recover
from ledger.lifecycle import Row
from ledger.model.sending import SIGNED
from ledger.outbox import DocumentReference
from ledger.role import Permission
from ledger.sealing import Content, Sealing, recipients_of, seal_all, seal_into
from ledger.signed_value import freeze
from ledger.unread import require_terms_read
from ledger.vault import Vault

KEY_SIGNATURE_BYTES: Final = 65


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
        The same, committed to already: sealed and in the vault, or on its way outside.
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
        self, organisation: int, wishes: Sequence[Wish], within: WithinAll | None = None
    ) -> list[Outcome]:
        """Accept many actions in one database transaction; each stands or is refused by itself.

        Raises
        ------
        TooManyWaiting
            When there is no room for them; nothing is accepted then.
        """
        host = require_host(self._hosts, organisation)
        candidates = [_candidate(host, wish) for wish in wishes]
        if any(wish.document is not None for wish in wishes):
            candidates = await in_thread(self._sealed, host, wishes, candidates)
        try:
            outcomes = await self._acceptor.accept(organisation, candidates, within)
        except Exception as problem:
            self._forget_refused(wishes, candidates, [problem] * len(wishes))
            raise
        self._forget_refused(wishes, candidates, outcomes)
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
        within: WithinAll | None = None,
    ) -> list[Outcome]:
        """Accept many signed intents of one organisation in one database transaction.

        Each stands or is refused by itself.

        Raises
        ------
        TooManyWaiting
            When there is no room for them; nothing is accepted then.
        """
        candidates = await in_thread(self._read_signed, signed)
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

    def _sealed(
        self, host: Host, wishes: Sequence[Wish], candidates: list[Candidate | Refusal]
    ) -> list[Candidate | Refusal]:
        """Seal the documents of those wishes that would be accepted now."""
        sealings: dict[int, Sealing] = {}
        with reading(self._engine) as session:
            asks = [each.ask for each in candidates if isinstance(each, Candidate)]
            trial = _Trial(session, host, Forecast(session, asks), self._numbers)
            for place, wish in enumerate(wishes):
                candidate = candidates[place]
                if not isinstance(candidate, Candidate):
                    continue
                try:
                    candidates[place], recipients = trial.numbered(candidate, wish)
                except LedgerError as refused:
                    candidates[place] = refused
                    continue
                if wish.document is not None:
                    sealings[place] = self._sealing(wish.document, candidates[place], recipients)
        outcomes = seal_all(self._vault, host, list(sealings.values()))
        for place, outcome in zip(sealings, outcomes, strict=True):
            candidate = candidates[place]
            assert isinstance(candidate, Candidate)
            if isinstance(outcome, DocumentReference):
                candidates[place] = replace(candidate, document=outcome)
            else:
                candidates[place] = outcome
        return candidates

    def _sealing(
        self, content: Content, candidate: Candidate | Refusal, recipients: list[Recipient]
    ) -> Sealing:
        assert isinstance(candidate, Candidate)
        ask = candidate.ask
        assert ask.number is not None
        binding = Binding(self._network, ask.agreement, ask.row.machine, ask.number)
        readers = tuple(sorted(self._hosts.keys() & {each.organisation for each in recipients}))
        return Sealing(content, recipients, binding, readers)

    def _forget_refused(
        self,
        wishes: Sequence[Wish],
        candidates: Sequence[Candidate | Refusal],
        outcomes: Sequence[Outcome | Exception],
    ) -> None:
        """Remove blocks that were sealed for what was refused after all."""
        for wish, candidate, outcome in zip(wishes, candidates, outcomes, strict=True):
            if wish.document is None or isinstance(outcome, Accepted):
                continue
            if isinstance(candidate, Candidate) and candidate.document is not None:
                assert candidate.document.cid is not None
                self._vault.delete(candidate.document.cid)

    def _read_signed(self, signed: Sequence[tuple[Intent, bytes]]) -> list[Candidate | Refusal]:
        return [self._signed_candidate(intent, signature) for intent, signature in signed]

    def _signed_candidate(self, intent: Intent, signature: bytes) -> Candidate | Refusal:
        try:
            hashed = digest(self._deployment.order_domain, intent)
            # Signatures of contract accounts have lengths of their own; the chain judges them.
            is_of_key = len(signature) == KEY_SIGNATURE_BYTES
            key = recover(hashed, signature) if is_of_key else None
            row = _row_of(intent.action)
        except LedgerError as refused:
            return refused
        columns = {
            "organisation": intent.organisation,
            "agreement": intent.agreement,
            "kind": "intent",
            "digest": hashed,
            "nonce": intent.nonce.to_bytes(32),
            "deadline": intent.deadline,
            "value": freeze(intent),
            "signature": signature,
            "status": SIGNED,
            "company": 0,
            "not_before_ms": 0,
        }
        ask = Ask(row, intent.agreement, intent.number, intent.order or None)
        return Candidate(ask, key, signed=columns)

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


class _Trial:
    """Judges wishes before their documents are sealed, so that nothing is sealed in vain."""

    def __init__(self, session: Session, host: Host, forecast: Forecast, numbers: Numbers) -> None:
        self._session = session
        self._host = host
        self._forecast = forecast
        self._numbers = numbers
        self._recipients: dict[int, list[Recipient]] = {}

    def numbered(self, candidate: Candidate, wish: Wish) -> tuple[Candidate, list[Recipient]]:
        """Give a wish with a document its number, and those to whom it is sealed.

        Raises
        ------
        LedgerError
            The error that the chain would give.
        """
        ask, recipients = candidate.ask, []
        order = self._forecast.require_action(self._host.number, ask)
        if wish.document is not None:
            recipients = self._recipients_of(ask.agreement)
            if ask.number is None:
                free = self._forecast.free_number(ask.row.machine, ask.agreement)
                number = self._numbers.take((ask.row.machine, ask.agreement), free)
                ask = replace(ask, number=number)
        if ask.number is not None:
            self._forecast.take(ask, ask.number, ask.number if order is None else order)
        return replace(candidate, ask=ask), recipients

    def _recipients_of(self, agreement: int) -> list[Recipient]:
        if agreement not in self._recipients:
            entitled = {self._host.number, *self._forecast.parties(agreement)}
            self._recipients[agreement] = recipients_of(self._session, entitled)
        return self._recipients[agreement]


def _of_one(within: Within | None) -> WithinAll | None:
    if within is None:
        return None
    add = within

    def of_all(session: Session, outcomes: list[Outcome]) -> None:
        add(session, [each for each in outcomes if isinstance(each, Accepted)])

    return of_all


def _candidate(host: Host, wish: Wish) -> Candidate | Refusal:
    try:
        ask = Ask(_named(wish.action), wish.agreement, wish.number, wish.order)
    except LedgerError as refused:
        return refused
    return Candidate(ask, host.key.address, wish.sealed)


@cache
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
