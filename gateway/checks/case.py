"""One recorded document, and the order as it stands with it counted in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from gateway.errors import Finding
from gateway.orders.line import Handled, Line, plain
from gateway.orders.reference import lines_of, order_line_of
from ledger.document.part import Document
from ledger.document.transport import ShareStatement

if TYPE_CHECKING:
    from gateway.checks.terms import Terms
    from gateway.deliveries.progress import Progress
    from gateway.orders.agreed import Agreed
    from gateway.orders.step import Step

NOTHING = Handled()


@dataclass(frozen=True, slots=True)
class Case:
    """What a check looks at.

    Parameters
    ----------
    agreed : Agreed
        The order; what the document changes in it is counted in already.
    progress : Progress, optional
        The delivery that the document is about.
    """

    agreed: Agreed
    step: Step
    document: Document
    progress: Progress | None = None
    lines: Sequence[tuple[str, Any, Line]] = field(init=False)
    """Each line of the document with its pointer and the order line that it is about."""

    def __post_init__(self) -> None:
        """Find the lines once for all checks."""
        object.__setattr__(self, "lines", tuple(self._lines()))

    @property
    def terms(self) -> Terms:
        """The terms in force."""
        return self.agreed.terms

    def _lines(self) -> Iterator[tuple[str, Any, Line]]:
        if isinstance(self.document, ShareStatement):
            # Its lines are demands.
            return
        known = self.agreed.known() if self.progress is None else self.progress.known
        name = type(self.document).lines_field
        for index, line in enumerate(lines_of(self.document)):
            target = known.lines.get(order_line_of(line, known) or "")
            if target is not None:
                yield f"/{name}/{index}", line, target

    def own(self, line: Line) -> Handled:
        """Give what the delivery did with a line."""
        return NOTHING if self.progress is None else self.progress.handled.get(line.id, NOTHING)


def later(day: str, days: int) -> str:
    """Give the day that comes a number of days after another; the calendar ends in 9999."""
    try:
        return (date.fromisoformat(day) + timedelta(days)).isoformat()
    except OverflowError:
        return date.max.isoformat()


def differing(
    name: str,
    path: str,
    message: str,
    line: Line | None,
    expected: Decimal | str,
    found: Decimal | str,
) -> Finding:
    """Name a difference with both values."""
    return Finding(path, message, name, line.id if line else None, _text(expected), _text(found))


def _text(value: Decimal | str) -> str:
    return value if isinstance(value, str) else plain(value)
