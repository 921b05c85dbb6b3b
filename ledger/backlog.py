"""How much waits for the chain, so that a gateway says "later" before it drowns."""

import math
import time
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select
from sqlmodel import Session

from ledger.errors import TooManyWaiting
from ledger.model import PendingAction
from ledger.model.sending import UNDECIDED
from ledger.model.table import table_of

LOOK_EVERY_S: Final = 0.5
RETRY_S: Final = 5
"""When nothing moves nobody knows how long it will take."""
RETRY_S_MAX: Final = 60


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may wait.

    Parameters
    ----------
    waiting_max, waiting_per_organisation_max : int
        Accepted wishes that the chain has not decided, of all and of one organisation.
    queued_max : int
        Wishes that wait to be accepted.
    """

    waiting_max: int = 100_000
    waiting_per_organisation_max: int = 50_000
    queued_max: int = 20_000


class Backlog:
    """Counts what waits: looked up now and then, and what was accepted since."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._waiting = 0
        self._accepted = 0
        self._of: dict[int, int] = {}
        self._looked_s = float("-inf")
        self._drained_per_s = 0.0

    def look(self, session: Session) -> None:
        """Count again, unless that was done a moment ago."""
        now_s = time.monotonic()
        if now_s - self._looked_s < LOOK_EVERY_S:
            return
        connection = session.connection()
        waiting = connection.execute(_COUNT).scalar_one()
        drained = max(self._waiting + self._accepted - waiting, 0)
        if math.isfinite(self._looked_s):
            self._drained_per_s = drained / (now_s - self._looked_s)
        # Nobody can come near a limit of which all together have not reached the half.
        is_long = 2 * waiting >= self._limits.waiting_per_organisation_max
        counts = connection.execute(_COUNT_EACH) if is_long else ()
        self._of = {row.organisation: row[1] for row in counts}
        self._waiting, self._accepted, self._looked_s = waiting, 0, now_s

    def add(self, organisation: int) -> None:
        """Count what was accepted since."""
        self._accepted += 1
        self._of[organisation] = self._of.get(organisation, 0) + 1

    def require_room(self, organisation: int, together: int, count: int) -> None:
        """Refuse wishes that would have to wait behind too many others.

        Parameters
        ----------
        together : int
            Accepted in the same transaction, not counted yet.

        Raises
        ------
        TooManyWaiting
            When there is no room for them.
        """
        limits = self._limits
        waiting = self._waiting + self._accepted + together
        self._require(organisation, waiting, count, limits.waiting_max)
        # What was accepted together is of anybody, so that the limit is a little stricter for them.
        own = self._of.get(organisation, 0) + together
        self._require(organisation, own, count, limits.waiting_per_organisation_max)

    def require_queue(self, organisation: int, queued: int, count: int) -> None:
        """Refuse wishes that would have to wait too long to be accepted.

        Raises
        ------
        TooManyWaiting
            When too many wait for that already.
        """
        self._require(organisation, queued, count, self._limits.queued_max)

    def _require(self, organisation: int, waiting: int, count: int, most: int) -> None:
        # Who comes to an empty gateway is taken in, however much it brings.
        if waiting and waiting + count > most:
            raise TooManyWaiting(
                organisation=organisation,
                waiting=waiting,
                most=most,
                retry_after_s=self._retry_after_s(waiting + count - most),
            )

    def _retry_after_s(self, surplus: int) -> int:
        if self._drained_per_s <= 0:
            return RETRY_S
        return min(max(math.ceil(surplus / self._drained_per_s), 1), RETRY_S_MAX)


_TABLE: Any = table_of(PendingAction)
_COUNT: Final = select(func.count()).select_from(_TABLE).where(UNDECIDED)
_COUNT_EACH: Final = (
    select(_TABLE.c.organisation, func.count()).where(UNDECIDED).group_by(_TABLE.c.organisation)
)
