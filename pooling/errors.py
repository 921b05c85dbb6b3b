"""Everything that pooling refuses, by what the caller can do about it.

::

    PoolingError
    ├── InvalidInput             a value cannot be: mend the field and ask again
    │   ├── InvalidDemand        a place, a window or a demand
    │   ├── InvalidFleet         a vehicle, a fleet or a routing setting
    │   ├── InvalidBid           a bid, a reserve price or a budget of the auction
    │   └── InvalidGame          players, coalition costs or prices to be shared
    ├── NoFeasiblePlan           the input is sound, yet nothing within the rules exists
    │   └── PoolTooExpensive     the pool costs more than going alone: it must not happen
    └── CheckFailed              a result breaks a rule: publish nothing, report every violation
        ├── PlanCheckFailed
        ├── AllocationCheckFailed
        └── SharesCheckFailed
"""

from dataclasses import dataclass


class PoolingError(Exception):
    """Base of every error that pooling raises on purpose."""


class InvalidInput(PoolingError):
    """A value that cannot be: names the field, the value and what to do.

    Parameters
    ----------
    field
        Dotted name of the field, for example ``demand.mass_g``.
    value
        What was given.
    remedy
        What to do about it, as a sentence.
    """

    def __init__(self, field: str, value: object, remedy: str) -> None:
        super().__init__(f"{field} is {value!r}: {remedy}")
        self.field = field
        self.value = value
        self.remedy = remedy


class InvalidDemand(InvalidInput):
    """A place, a time window or a demand cannot be as given."""


class InvalidFleet(InvalidInput):
    """A vehicle, a fleet or a routing setting cannot be as given."""


class InvalidBid(InvalidInput):
    """A bid, a reserve price or a search budget cannot be as given."""


class InvalidGame(InvalidInput):
    """Players, coalition costs or prices cannot be as given."""


class NoFeasiblePlan(PoolingError):
    """Nothing within the rules exists; says why for each demand concerned.

    Parameters
    ----------
    message
        What was asked for.
    reasons
        One sentence per demand (or party) that stands in the way.
    """

    def __init__(self, message: str, reasons: tuple[str, ...] = ()) -> None:
        super().__init__("; ".join((message, *reasons)))
        self.reasons = reasons


class PoolTooExpensive(NoFeasiblePlan):
    """The price of the pool exceeds what its members would pay alone.

    Parameters
    ----------
    price_minor
        Price to be shared, in minor units.
    alone_minor
        Sum of the alone prices, in minor units; smaller than `price_minor`.
    """

    def __init__(self, price_minor: int, alone_minor: int) -> None:
        super().__init__(
            f"the pool costs {price_minor} minor units, its members alone would pay "
            f"{alone_minor}: refuse the award, or let a demand go alone"
        )
        self.price_minor = price_minor
        self.alone_minor = alone_minor


@dataclass(frozen=True)
class Violation:
    """One broken rule found by the checker.

    Parameters
    ----------
    rule
        Name of the rule, for example ``capacity``.
    subject
        What breaks it, for example ``lot 0, stop 2``.
    detail
        The figures, as a sentence.
    """

    rule: str
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.rule} at {self.subject}: {self.detail}"


class CheckFailed(PoolingError):
    """A result breaks rules; carries every violation found, not only the first.

    Parameters
    ----------
    violations
        At least one.
    """

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        super().__init__(f"{len(violations)} violation(s): " + "; ".join(map(str, violations)))
        self.violations = violations


class PlanCheckFailed(CheckFailed):
    """A plan breaks rules."""


class AllocationCheckFailed(CheckFailed):
    """An allocation breaks rules."""


class SharesCheckFailed(CheckFailed):
    """Shares break rules."""


def require(
    is_met: bool, error: type[InvalidInput], field: str, value: object, remedy: str
) -> None:
    """Raise `error` unless `is_met`.

    Raises
    ------
    InvalidInput
        Of the given type, when the condition is not met.
    """
    if not is_met:
        raise error(field, value, remedy)


def require_integer(
    value: object, lowest: int, highest: int, error: type[InvalidInput], field: str
) -> None:
    """Raise `error` unless `value` is an integer in ``lowest..highest``, both included.

    Booleans are refused: they are integers to Python, never to a shipper.

    Raises
    ------
    InvalidInput
        Of the given type.
    """
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    is_met = is_integer and lowest <= int(value) <= highest  # type: ignore[call-overload]
    require(is_met, error, field, value, f"give an integer from {lowest} to {highest}.")
