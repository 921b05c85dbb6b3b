"""From what somebody wants recorded to what can be judged: numbers, sealed documents, signers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session

from ledger import lifecycle
from ledger.acceptance import Accepted, Numbers
from ledger.attachment.register import attached_to
from ledger.catalogue import LedgerError
from ledger.database import reading
from ledger.deployment import Deployment
from ledger.document.content_key import Recipient
from ledger.document.errors import DocumentError
from ledger.document.header import Binding
from ledger.document.payload import AttachedFile
from ledger.errors import IntentMalformed
from ledger.forecast import Ask, Forecast
from ledger.host import Host
from ledger.intent import Intent, digest, domain_separator
from ledger.key import recover
from ledger.lifecycle import Row
from ledger.model.sending import SIGNED
from ledger.outbox import DocumentReference
from ledger.sealing import Content, Sealing, recipients_of, seal_all
from ledger.signed_value import freeze
from ledger.sitting import Candidate, Outcome, Refusal
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


class Preparation:
    """Prepares the wishes of the organisations hosted here, outside of any writing transaction."""

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        deployment: Deployment,
        hosts: Mapping[int, Host],
        numbers: Numbers,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._domain = deployment.order_domain
        self._network = domain_separator(deployment.order_domain)
        self._hosts = hosts
        self._numbers = numbers

    def unsealed(self, host: Host, wishes: Sequence[Wish]) -> list[Candidate | Refusal]:
        """Read wishes as they are, without their documents."""
        return [_candidate(host, wish) for wish in wishes]

    def sealed(self, host: Host, wishes: Sequence[Wish]) -> list[Candidate | Refusal]:
        """Seal the documents of those wishes that would be accepted now; blocks for a while."""
        candidates = self.unsealed(host, wishes)
        sealings: dict[int, Sealing] = {}
        with reading(self._engine) as session:
            asks = [each.ask for each in candidates if isinstance(each, Candidate)]
            trial = _Trial(session, host, Forecast(session, asks), self._numbers)
            for place, wish in enumerate(wishes):
                candidate = candidates[place]
                if not isinstance(candidate, Candidate):
                    continue
                try:
                    candidate, recipients = trial.numbered(candidate, wish)
                    candidates[place] = candidate
                    if wish.document is not None:
                        files = attached_to(session, host.number, wish.document)
                        sealings[place] = self._sealing(wish.document, candidate, recipients, files)
                except (LedgerError, DocumentError) as refused:
                    candidates[place] = refused
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
        self,
        content: Content,
        candidate: Candidate,
        recipients: list[Recipient],
        files: tuple[AttachedFile, ...],
    ) -> Sealing:
        ask = candidate.ask
        assert ask.number is not None
        binding = Binding(self._network, ask.agreement, ask.row.machine, ask.number)
        readers = tuple(sorted(self._hosts.keys() & {each.organisation for each in recipients}))
        return Sealing(content, recipients, binding, readers, files)

    def forget_refused(
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

    def signed(self, signed: Sequence[tuple[Intent, bytes]]) -> list[Candidate | Refusal]:
        """Read intents that an organisation signed elsewhere; blocks for a while."""
        return [self._signed_candidate(intent, signature) for intent, signature in signed]

    def _signed_candidate(self, intent: Intent, signature: bytes) -> Candidate | Refusal:
        try:
            hashed = digest(self._domain, intent)
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
