"""Hypothesis strategies for small pools, auctions and games."""

from hypothesis import strategies as st

from pooling.coalition import CoalitionGame
from pooling.demand import Demand, Place, TemperatureClass, TimeWindow
from pooling.fleet import Fleet, Vehicle
from pooling.tender import Bid

HOUR_S = 3600

places = st.builds(
    Place,
    latitude_deg=st.integers(500, 520).map(lambda tenth: tenth / 10),
    longitude_deg=st.integers(30, 60).map(lambda tenth: tenth / 10),
)

windows = st.builds(
    lambda start_h, hours: TimeWindow(start_h * HOUR_S, (start_h + hours) * HOUR_S),
    st.integers(0, 30),
    st.integers(1, 40),
)


def _demand(
    index: int,
    ends: tuple[Place, Place],
    pallets: int,
    span: tuple[TimeWindow, TimeWindow],
    alone: int | None,
    *,
    stackable: bool,
) -> Demand:
    return Demand(
        id=f"d{index}",
        organisation=f"sme {index % 3}",
        origin=ends[0],
        destination=ends[1],
        mass_g=100_000 * (1 + pallets),
        volume_cm3=500_000 * (1 + pallets),
        pallets=pallets,
        pickup_window=span[0],
        delivery_window=span[1],
        stackable=stackable,
        alone_price_minor=alone,
    )


@st.composite
def demand_lists(draw: st.DrawFn, size_max: int) -> list[Demand]:
    """Demands of one region with distinct ids, some tight, some large, some cheap alone."""
    demands = []
    for index in range(draw(st.integers(1, size_max))):
        ends = draw(
            st.tuples(places, places).filter(lambda pair: pair[0].position != pair[1].position)
        )
        span = draw(
            st.tuples(windows, windows).filter(lambda pair: pair[1].last_s > pair[0].start_s)
        )
        alone = draw(st.none() | st.integers(1_000, 60_000))
        pallets = draw(st.integers(0, 12))
        stackable = draw(st.booleans())
        demands.append(_demand(index, ends, pallets, span, alone, stackable=stackable))
    return demands


@st.composite
def mixed_demand_lists(draw: st.DrawFn, size_max: int) -> list[Demand]:
    """Demands of all temperature and some hazmat classes."""
    mixed = []
    for demand in draw(demand_lists(size_max)):
        changes = {
            "temperature_class": draw(st.sampled_from(TemperatureClass)),
            "hazmat_class": draw(st.sampled_from([None, None, "1.4", "3", "6.1", "7"])),
        }
        mixed.append(Demand(**{**demand.__dict__, **changes}))
    return mixed


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    """One or two types of vehicle."""
    names = ("large", "small")[: draw(st.integers(1, 2))]
    vehicles = tuple(
        Vehicle(
            name=name,
            count=draw(st.integers(1, 2)),
            capacity_mass_g=draw(st.integers(10, 40)) * 100_000,
            capacity_volume_cm3=draw(st.integers(10, 40)) * 500_000,
            capacity_pallets=draw(st.integers(6, 20)),
            cost_per_km_minor=draw(st.integers(0, 150)),
            fixed_cost_minor=draw(st.integers(0, 20_000)),
            speed_kmh=draw(st.sampled_from([40, 60, 80])),
            temperature_classes=frozenset(
                {TemperatureClass.AMBIENT, draw(st.sampled_from(TemperatureClass))}
            ),
            is_hazmat_equipped=draw(st.booleans()),
        )
        for name in names
    )
    return Fleet(vehicles, handling_s=draw(st.sampled_from([0, 900])))


@st.composite
def auctions(draw: st.DrawFn, bids_max: int) -> tuple[list[int], list[Bid]]:
    """Reserves of a few lots and bids on bundles of them; prices small, so that ties happen."""
    n_lots = draw(st.integers(1, 6))
    reserves = draw(st.lists(st.integers(0, 12), min_size=n_lots, max_size=n_lots))
    bundles = st.frozensets(st.integers(0, n_lots - 1), min_size=1, max_size=3)
    offers = draw(st.lists(st.tuples(bundles, st.integers(0, 25)), max_size=bids_max))
    bids = [Bid(f"b{i}", f"carrier {i % 2}", lots, price) for i, (lots, price) in enumerate(offers)]
    return reserves, bids


@st.composite
def games(draw: st.DrawFn, players_max: int, cost_max: int) -> CoalitionGame:
    """Games of any kind, monotone or not, whose price the alone prices can hold."""
    n = draw(st.integers(1, players_max))
    costs = draw(st.lists(st.integers(0, cost_max), min_size=2**n, max_size=2**n))
    alone = draw(st.lists(st.integers(0, cost_max), min_size=n, max_size=n))
    costs[0] = 0
    costs[-1] = draw(st.integers(0, sum(alone)))
    return CoalitionGame(tuple("abcdefghijkl"[:n]), tuple(costs), tuple(alone))
