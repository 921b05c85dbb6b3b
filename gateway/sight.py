"""What a caller may hear of what became of its lines."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.agreements.service import require_agreement
from gateway.deps import Gateway
from ledger.acceptance import Accepted
from ledger.errors import AgreementUnknown, LedgerSeatMissing
from ledger.sitting import Outcome

Line = Accepted | Exception
"""What became of a line."""


class Sight:
    """Hides the agreements of others: they look as if they did not exist."""

    def __init__(self, gateway: Gateway, organisation: int) -> None:
        self._gateway = gateway
        self._organisation = organisation
        self._unseen: dict[int, AgreementUnknown | None] = {}

    def of(self, outcome: Line) -> Line:
        """Tell an outcome as the organisation may hear it."""
        if not isinstance(outcome, LedgerSeatMissing):
            return outcome
        agreement = outcome.arguments["agreement"]
        if agreement not in self._unseen:
            self._unseen[agreement] = self._looked(agreement)
        return self._unseen[agreement] or outcome

    def _looked(self, agreement: int) -> AgreementUnknown | None:
        try:
            require_agreement(self._gateway, self._organisation, agreement)
        except AgreementUnknown as unknown:
            return unknown
        return None

    def merged(self, lines: Sequence[object], outcomes: Sequence[Outcome]) -> list[Line]:
        """Put the outcomes of those lines that could be read into their places.

        Parameters
        ----------
        lines : sequence
            What each line was read as, or why it could not be read.
        """
        following = iter(outcomes)
        return [each if isinstance(each, Exception) else self.of(next(following)) for each in lines]
