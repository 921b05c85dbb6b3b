"""Agreements: proposed, signed, amended, ended, and closed to new orders by a notice."""

from dataclasses import dataclass, field
from typing import Any

from tests.oracles.ledger.refusal import Event, Refusal
from tests.oracles.ledger.table import SEATS, bitmap, index_of, row_of

DAY_S = 24 * 60 * 60
IN_FORCE = ["Active", "Amending", "Ending"]
NO_TERMS = bytes(32)


@dataclass
class Agreement:
    """One agreement; seats by name, zero where nobody sits."""

    seats: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SEATS, 0))
    state: str = "None"
    unsigned: set[str] = field(default_factory=set)
    notice_days: int = 0
    ends_at: int = 0
    terms: bytes = NO_TERMS
    proposed_terms: bytes = NO_TERMS

    def seats_of(self, organisation: int) -> set[str]:
        """Name the seats that an organisation holds."""
        return {seat for seat in SEATS if self.seats[seat] == organisation != 0}

    def all_but(self, organisation: int) -> set[str]:
        """Name the seats that others hold."""
        return {seat for seat in SEATS if self.seats[seat] not in (0, organisation)}

    @property
    def unsigned_bits(self) -> int:
        return sum(2 ** SEATS.index(seat) for seat in self.unsigned)


class Agreements:
    """Agreements by number."""

    def __init__(self) -> None:
        self.table: dict[int, Agreement] = {}

    def of(self, number: int) -> Agreement:
        """Give an agreement; an empty one when nobody proposed it."""
        return self.table.get(number, Agreement())

    def need_open(self, number: int, now: int) -> None:
        """Refuse a new order where none may be issued."""
        agreement = self.of(number)
        if agreement.state not in IN_FORCE:
            raise _unexpected(number, agreement, IN_FORCE)
        if agreement.ends_at != 0 and now >= agreement.ends_at:
            raise Refusal("AgreementNoticed", number, agreement.ends_at)

    def take(self, step: dict[str, Any], members: int, now: int) -> list[Event]:
        """Take one step; nothing has changed when it is refused."""
        number, organisation = step["agreement"], step["organisation"]
        row = row_of("agreement", step["action"])
        if row is not None and row["action"] == "propose":
            return self._propose(step, members)
        agreement = self.of(number)
        if agreement.state == "None":
            raise Refusal("AgreementUnknown", number)
        if not agreement.seats_of(organisation):
            raise Refusal("LedgerSeatMissing", number, organisation, step["action"])
        if row is None:
            raise Refusal("LedgerActionUnknown", step["action"])
        if agreement.state not in row["from"]:
            raise _unexpected(number, agreement, row["from"])
        getattr(self, "_" + row["action"])(agreement, step, now)
        return []

    def _propose(self, step: dict[str, Any], members: int) -> list[Event]:
        number, organisation = step["agreement"], step["organisation"]
        if number // 2**32 != organisation:
            raise Refusal("AgreementNumberForeign", number, organisation)
        if self.of(number).state != "None":
            raise _unexpected(number, self.of(number), ["None"])
        seats = dict(zip(SEATS, step["seats"], strict=True))
        if not _are_valid(seats, organisation, members):
            raise Refusal("AgreementSeatsInvalid", number)
        agreement = Agreement(seats, "Proposed", notice_days=step["noticeDays"])
        agreement.proposed_terms = step["terms"]
        agreement.unsigned = agreement.all_but(organisation)
        self.table[number] = agreement
        fields = {"agreement": number, "seats": step["seats"], "noticeDays": step["noticeDays"]}
        return [("AgreementProposed", fields)]

    def _sign(self, agreement: Agreement, step: dict[str, Any], now: int) -> None:
        number, organisation = step["agreement"], step["organisation"]
        named = dict(zip(SEATS, step["seats"], strict=True))
        if named != agreement.seats or step["noticeDays"] != agreement.notice_days:
            raise Refusal("AgreementSeatsDiffer", number)
        if step["terms"] != agreement.proposed_terms:
            raise Refusal("AgreementTermsDiffer", number, agreement.proposed_terms, step["terms"])
        _sign_off(agreement, number, organisation)
        if not agreement.unsigned:
            agreement.state = "Active"
            agreement.terms = agreement.proposed_terms
            agreement.proposed_terms = NO_TERMS

    def _decline(self, agreement: Agreement, step: dict[str, Any], now: int) -> None:
        agreement.state = "Declined"

    def _amend(self, agreement: Agreement, step: dict[str, Any], now: int) -> None:
        agreement.state = "Amending"
        agreement.proposed_terms = step["terms"]
        agreement.unsigned = agreement.all_but(step["organisation"])

    def _drop(self, agreement: Agreement, step: dict[str, Any], now: int) -> None:
        agreement.state = "Active"
        agreement.proposed_terms = NO_TERMS
        agreement.unsigned = set()

    def _propose_end(self, agreement: Agreement, step: dict[str, Any], now: int) -> None:
        agreement.state = "Ending"
        agreement.unsigned = agreement.all_but(step["organisation"])

    def _sign_end(self, agreement: Agreement, step: dict[str, Any], now: int) -> None:
        _sign_off(agreement, step["agreement"], step["organisation"])
        if not agreement.unsigned:
            agreement.state = "Ended"

    def _give_notice(self, agreement: Agreement, step: dict[str, Any], now: int) -> None:
        if agreement.ends_at != 0:
            raise Refusal("AgreementNoticed", step["agreement"], agreement.ends_at)
        agreement.ends_at = now + agreement.notice_days * DAY_S


def _sign_off(agreement: Agreement, number: int, organisation: int) -> None:
    own = agreement.seats_of(organisation)
    if not own & agreement.unsigned:
        raise Refusal("AgreementAlreadySigned", number, organisation)
    agreement.unsigned = agreement.unsigned - own


def _are_valid(seats: dict[str, int], proposer: int, members: int) -> bool:
    buyer, seller = seats["buyer"], seats["seller"]
    return (
        buyer != 0
        and seller != 0
        and buyer != seller
        and seats["arbiter"] not in (buyer, seller)
        and seats["inspector"] != seller
        and all(seat <= members for seat in seats.values())
        and proposer in seats.values()
    )


def _unexpected(number: int, agreement: Agreement, allowed: list[str]) -> Refusal:
    current = index_of("agreement", agreement.state)
    return Refusal("AgreementUnexpectedState", number, current, bitmap("agreement", allowed))
