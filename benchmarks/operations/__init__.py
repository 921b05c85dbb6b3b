"""The named operations of the contracts, and what each costs as a real transaction."""

from .auction import measure_auction
from .forwarded import measure_forwarded
from .membership import measure_agreement, measure_registry
from .orders import measure_individual, measure_orders
from .stage import Measure, OperationFailed, Stage, open_stage

__all__ = ["Measure", "OperationFailed", "measure_all", "open_stage"]


async def measure_all(stage: Stage) -> dict[str, Measure]:
    """Measure every operation of our own contracts, and the peer's.

    Raises
    ------
    OperationFailed
        When a transaction is undone or leaves other states than it has to.
    """
    # Members are numbered in this order, and the registry's last one has no key here.
    return (
        await measure_orders(stage)
        | await measure_individual(stage)
        | await measure_agreement(stage)
        | await measure_auction(stage)
        | await measure_forwarded(stage)
        | await measure_registry(stage)
    )
