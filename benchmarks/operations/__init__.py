"""The named operations of the contracts, and what each costs as a real transaction."""

from .auction import measure_auction
from .forwarded import measure_forwarded
from .orders import measure_agreement, measure_individual, measure_orders
from .stage import Measure, OperationFailed, Stage, open_stage

__all__ = ["Measure", "OperationFailed", "measure_all", "measure_own", "open_stage"]


async def measure_own(stage: Stage) -> dict[str, Measure]:
    """Measure every operation of our own contracts.

    Raises
    ------
    OperationFailed
        When a transaction is undone or leaves other states than it has to.
    """
    return (
        await measure_orders(stage)
        | await measure_individual(stage)
        | await measure_agreement(stage)
        | await measure_auction(stage)
    )


async def measure_all(stage: Stage) -> dict[str, Measure]:
    """Measure our own operations and the peer's."""
    return await measure_own(stage) | await measure_forwarded(stage)
