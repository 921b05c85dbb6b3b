"""Agreements: who sits where, and whether orders may be issued; the rules of `Agreements.sol`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ledger import lifecycle
from ledger.archive.words import problem
from ledger.intent import ZERO, AgreementStep

DAY_S: Final = 24 * 60 * 60
_ENDS_AT_MASK: Final = (1 << 40) - 1
_STATES: Final = {name: number for number, name in enumerate(lifecycle.states("agreement"))}
_IN_FORCE: Final = sum(1 << _STATES[name] for name in ("Active", "Amending", "Ending"))
_STEPS: Final = {
    row.id: (row.action, sum(1 << _STATES[name] for name in row.from_states), _STATES[row.to])
    for row in lifecycle.rows("agreement")
}


@dataclass(slots=True)
class Agreement:
    """One agreement; `unsigned` and seat masks have bit i for seat i."""

    seats: tuple[int, ...]
    notice_days: int
    state: int
    unsigned: int
    proposed_terms: bytes
    terms: bytes = ZERO
    ends_at: int = 0

    def seats_of(self, organisation: int) -> int:
        """Give the seats that an organisation holds."""
        return _mask(self.seats, lambda seat: seat == organisation)

    def others(self, organisation: int) -> int:
        """Give the seats that others hold."""
        return _mask(self.seats, lambda seat: seat not in (0, organisation))

    def is_open(self, time_s: int) -> bool:
        """Whether orders may be issued."""
        return self._is_in_force and (self.ends_at == 0 or time_s < self.ends_at)

    def issue_problem(self, number: int) -> bytes:
        """Say why no order may be issued."""
        if self._is_in_force:
            return problem("AgreementNoticed", number, self.ends_at)
        return problem("AgreementUnexpectedState", number, self.state, _IN_FORCE)

    @property
    def _is_in_force(self) -> bool:
        return bool(_IN_FORCE >> self.state & 1)


class Partnerships(dict[int, Agreement]):
    """Every agreement by its number."""

    def step(self, step: AgreementStep, members: int, time_s: int) -> bytes:
        """Take a step; gives the contract's error when it may not be taken, else nothing.

        Parameters
        ----------
        members : int
            How many organisations there are.
        """
        name, allowed, target = _STEPS.get(step.action, ("", 0, 0))
        if name == "propose":
            return self._propose(step, members)
        agreement = self.get(step.agreement)
        if agreement is None:
            return problem("AgreementUnknown", step.agreement)
        seats = agreement.seats_of(step.organisation)
        if not seats:
            fields = (step.agreement, step.organisation, step.action)
            return problem("LedgerSeatMissing", *fields)
        if not name:
            return problem("LedgerActionUnknown", step.action)
        if not allowed >> agreement.state & 1:
            fields = (step.agreement, agreement.state, allowed)
            return problem("AgreementUnexpectedState", *fields)
        if name in ("sign", "sign_end"):
            return _sign(agreement, step, name, target)
        if name == "give_notice":
            return _give_notice(agreement, step, time_s)
        _move(agreement, step, name, target)
        return b""

    def _propose(self, step: AgreementStep, members: int) -> bytes:
        number, organisation = step.agreement, step.organisation
        if number >> 32 != organisation:
            return problem("AgreementNumberForeign", number, organisation)
        if number in self:
            return problem("AgreementUnexpectedState", number, self[number].state, 1)
        if not _are_valid(step.seats, organisation, members):
            return problem("AgreementSeatsInvalid", number)
        agreement = Agreement(step.seats, step.notice_days, _STATES["Proposed"], 0, step.terms)
        agreement.unsigned = agreement.others(organisation)
        self[number] = agreement
        return b""


def _sign(agreement: Agreement, step: AgreementStep, name: str, target: int) -> bytes:
    if name == "sign":
        if (step.seats, step.notice_days) != (agreement.seats, agreement.notice_days):
            return problem("AgreementSeatsDiffer", step.agreement)
        proposed = agreement.proposed_terms
        if step.terms != proposed:
            both = (int.from_bytes(proposed), int.from_bytes(step.terms))
            return problem("AgreementTermsDiffer", step.agreement, *both)
    own = agreement.seats_of(step.organisation)
    if not own & agreement.unsigned:
        return problem("AgreementAlreadySigned", step.agreement, step.organisation)
    agreement.unsigned &= ~own
    if not agreement.unsigned:
        agreement.state = target
        if name == "sign":
            agreement.terms, agreement.proposed_terms = step.terms, ZERO
    return b""


def _give_notice(agreement: Agreement, step: AgreementStep, time_s: int) -> bytes:
    if agreement.ends_at:
        return problem("AgreementNoticed", step.agreement, agreement.ends_at)
    agreement.ends_at = time_s + agreement.notice_days * DAY_S & _ENDS_AT_MASK
    return b""


def _move(agreement: Agreement, step: AgreementStep, name: str, target: int) -> None:
    """Take a step that needs no more than its row: decline, amend, drop, propose_end."""
    agreement.state = target
    if name == "amend":
        agreement.proposed_terms = step.terms
    if name in ("amend", "propose_end"):
        agreement.unsigned = agreement.others(step.organisation)
    if name == "drop":
        agreement.proposed_terms, agreement.unsigned = ZERO, 0


def _are_valid(seats: tuple[int, ...], proposer: int, members: int) -> bool:
    buyer, seller, _, inspector, arbiter = seats
    return (
        0 not in (buyer, seller)
        and buyer != seller
        and arbiter not in (buyer, seller)
        and inspector != seller
        and max(seats) <= members
        and proposer in seats
    )


def _mask(seats: tuple[int, ...], is_meant: Callable[[int], bool]) -> int:
    return sum(1 << place for place, seat in enumerate(seats) if is_meant(seat))
