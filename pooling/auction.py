"""Winner determination: which bids on bundles of lots win."""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import floor

from ortools.sat.python import cp_model

from pooling.apportionment import apportion_minor
from pooling.demand import QUANTITY_MAX
from pooling.errors import InvalidBid, require, require_integer
from pooling.tender import LOTS_MAX, Allocation, AllocationStatus, Bid

WORK_LIMIT_MILLI = 60_000
"""Search budget in thousandths of CP-SAT's deterministic time, the same on every machine."""


def award_lots(
    reserves_minor: Sequence[int], bids: Iterable[Bid], work_limit_milli: int = WORK_LIMIT_MILLI
) -> Allocation:
    """Choose disjoint bids so that prices plus reserves of uncovered lots are least.

    Among allocations of the least score, one that covers the most lots is chosen, then one of the
    fewest bids, then one of the smallest sum of ranks in the order of bid ids. Equal input, in
    any order, gives an equal allocation. One that scores no less than all reserves together
    (nothing won, or only at the reserve) is no improvement, and the ledger takes none such.

    Parameters
    ----------
    reserves_minor
        Per lot, what leaving it uncovered costs, in minor units; shape ``(n_lots,)``, 1..256 lots.
    bids
        Ids distinct.
    work_limit_milli
        Search budget in deterministic time, roughly milliseconds, 1..10**8.

    Returns
    -------
    Allocation
        With status, bound and gap; feasible even when the budget ends before the proof.

    Raises
    ------
    InvalidBid
        When an id occurs twice, a bid names a lot that is not there, or a reserve or the budget is
        out of range.

    Notes
    -----
    Source: weighted set packing as the winner determination problem, Rothkopf, Pekec and
    Harstad, Management Science 44 (8), 1998; solved by CP-SAT, one worker, fixed seed.
    """
    return _solved(
        reserves_minor, _validated(reserves_minor, bids, work_limit_milli), work_limit_milli
    )


def lot_prices_minor(allocation: Allocation, reserves_minor: Sequence[int]) -> dict[int, int]:
    """Split each winning price over the lots of its bundle, in proportion to their reserves.

    No lot is charged more than its reserve. The remainder goes, one minor unit each, to the lots
    that lost most by rounding down, to the smaller index among equals.

    Parameters
    ----------
    allocation
        From `award_lots`.
    reserves_minor
        The reserves it was found with.

    Returns
    -------
    dict[int, int]
        Minor units per covered lot; the lots of one bid sum to its price.
    """
    prices: dict[int, int] = {}
    for bid in allocation.winners:
        lots = sorted(bid.lots)
        caps = [reserves_minor[lot] for lot in lots]
        parts = [Fraction(bid.price_minor * cap, max(1, sum(caps))) for cap in caps]
        split = apportion_minor(parts, bid.price_minor, caps)
        prices.update(zip(lots, split, strict=True))
    return prices


def _solved(
    reserves_minor: Sequence[int], ordered: Sequence[Bid], work_limit_milli: int
) -> Allocation:
    """Minimise the score and, once that is proven, break ties."""
    solver = _solver(work_limit_milli)
    model, chosen, uncovered = _packing(len(reserves_minor), ordered)
    prices_minor = [bid.price_minor for bid in ordered]
    score = cp_model.LinearExpr.weighted_sum(chosen, prices_minor)
    score += cp_model.LinearExpr.weighted_sum(uncovered, list(reserves_minor))
    model.minimize(score)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        # To award nothing is always feasible, so an empty search still ends in an allocation.
        return _allocation(reserves_minor, (), 0, is_proven=False)
    winners = _chosen(solver, ordered, chosen)
    bound_minor = max(0, floor(solver.best_objective_bound))
    if status == cp_model.OPTIMAL:
        model.add(score == _score_minor(reserves_minor, winners))
        model.minimize(_tie_break(len(reserves_minor), ordered, chosen, uncovered))
        is_found = solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        winners = _chosen(solver, ordered, chosen) if is_found else winners
    is_proven = status == cp_model.OPTIMAL
    return _allocation(reserves_minor, winners, bound_minor, is_proven=is_proven)


def _validated(
    reserves_minor: Sequence[int], bids: Iterable[Bid], work_limit_milli: int
) -> tuple[Bid, ...]:
    """Return the bids in canonical order, or refuse."""
    n_lots = len(reserves_minor)
    remedy = f"put 1 to {LOTS_MAX} lots out to tender."
    require(1 <= n_lots <= LOTS_MAX, InvalidBid, "reserves_minor", n_lots, remedy)
    for reserve in reserves_minor:
        require_integer(reserve, 0, QUANTITY_MAX, InvalidBid, "reserves_minor")
    require_integer(work_limit_milli, 1, 10**8, InvalidBid, "work_limit_milli")
    ordered = tuple(sorted(bids, key=lambda bid: bid.bid_id))
    for bid_id, times in Counter(bid.bid_id for bid in ordered).items():
        require(times == 1, InvalidBid, "bid.bid_id", bid_id, "give each bid its own id.")
    for bid in ordered:
        remedy = f"name lots from 0 to {n_lots - 1}."
        require(max(bid.lots) < n_lots, InvalidBid, "bid.lots", sorted(bid.lots), remedy)
    return ordered


def _solver(work_limit_milli: int) -> cp_model.CpSolver:
    """Return a solver whose result depends on the model alone."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = work_limit_milli / 1000
    return solver


def _packing(
    n_lots: int, bids: Sequence[Bid]
) -> tuple[cp_model.CpModel, list[cp_model.IntVar], list[cp_model.IntVar]]:
    """State that every lot is carried by exactly one chosen bid or is uncovered."""
    model = cp_model.CpModel()
    chosen = [model.new_bool_var(bid.bid_id) for bid in bids]
    uncovered = [model.new_bool_var(f"uncovered {lot}") for lot in range(n_lots)]
    carriers: list[list[cp_model.IntVar]] = [[one] for one in uncovered]
    for bid, one in zip(bids, chosen, strict=True):
        for lot in bid.lots:
            carriers[lot].append(one)
    for alternatives in carriers:
        model.add_exactly_one(alternatives)
    return model, chosen, uncovered


def _tie_break(
    n_lots: int,
    bids: Sequence[Bid],
    chosen: Sequence[cp_model.IntVar],
    uncovered: Sequence[cp_model.IntVar],
) -> cp_model.LinearExprT:
    """Weigh uncovered lots above the number of bids above the sum of ranks."""
    # At most n_lots bids win, each of rank below len(bids); 256 * 256 * 257 * 20_000 < 2**63.
    one_bid = n_lots * len(bids) + 1
    one_lot = one_bid * (n_lots + 1)
    ranked = sum((one_bid + rank) * one for rank, one in enumerate(chosen))
    return ranked + sum(one_lot * one for one in uncovered)


def _chosen(
    solver: cp_model.CpSolver, bids: Sequence[Bid], chosen: Sequence[cp_model.IntVar]
) -> tuple[Bid, ...]:
    """Read the winners."""
    return tuple(bid for bid, one in zip(bids, chosen, strict=True) if solver.boolean_value(one))


def _score_minor(reserves_minor: Sequence[int], winners: Sequence[Bid]) -> int:
    """Sum prices and the reserves of uncovered lots."""
    covered = {lot for bid in winners for lot in bid.lots}
    uncovered = sum(one for lot, one in enumerate(reserves_minor) if lot not in covered)
    return sum(bid.price_minor for bid in winners) + uncovered


def _allocation(
    reserves_minor: Sequence[int],
    winners: Sequence[Bid],
    bound_minor: int,
    *,
    is_proven: bool,
) -> Allocation:
    """Put an allocation together, without bids that cost more than the reserves they replace."""
    kept = tuple(
        bid for bid in winners if bid.price_minor <= sum(reserves_minor[lot] for lot in bid.lots)
    )
    covered = {lot for bid in kept for lot in bid.lots}
    score_minor = _score_minor(reserves_minor, kept)
    bound_minor = score_minor if is_proven else min(bound_minor, score_minor)
    gap_minor = score_minor - bound_minor
    return Allocation(
        winners=kept,
        uncovered=tuple(lot for lot in range(len(reserves_minor)) if lot not in covered),
        score_minor=score_minor,
        bound_minor=bound_minor,
        gap_ppm=-(-gap_minor * 1_000_000 // score_minor) if score_minor > 0 else None,
        gap_note="bound: proven by CP-SAT" if score_minor > 0 else "no gap: the score is zero",
        status=AllocationStatus.OPTIMAL if gap_minor == 0 else AllocationStatus.FEASIBLE,
    )
