"""From a plan to what carriers see of it: places and loads, and no firm whose goods travel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from gateway.demands.money import amount_of
from gateway.plans.stop import MergedStop, merged_stops
from ledger.document.item import HazardousItem
from ledger.document.part import Many
from ledger.document.party import Address, Coordinate
from ledger.document.period import Window
from ledger.document.scalar import exact
from ledger.document.transport import Demand, Load, LotLoad, LotSpecification, Place, Stop
from pooling.demand import TimeWindow
from pooling.plan import Lot, Plan, StopAction


def specification_of(
    plan: Plan,
    *,
    number: str,
    digest: bytes,
    currency: str,
    reserves_minor: Sequence[int],
    documents: Mapping[str, Demand],
    firms: Iterable[str],
    now_s: int,
) -> LotSpecification:
    """Describe a plan's lots.

    Parameters
    ----------
    number : str
        Of the document.
    documents : mapping
        Each demand as it was posted, by its identifier.
    firms : iterable of str
        Names that must not stand in it.
    now_s : int
        Unix seconds.
    """
    hidden = [firm.casefold() for firm in firms if firm]
    is_single = len(plan.lots) == 1
    stops: list[Stop] = []
    loads: list[LotLoad] = []
    for lot in plan.lots:
        lot_number = None if is_single else lot.index
        merged = merged_stops(lot)
        stops += [
            _stop(lot, i, stop, lot_number, documents, hidden) for i, stop in enumerate(merged)
        ]
        loads += _loads(lot, merged, lot_number, documents)
    return LotSpecification(
        id=number,
        issue_date=f"{datetime.fromtimestamp(now_s, UTC):%Y-%m-%d}",
        stop=tuple(stops),
        lot_load=tuple(loads),
        distance_m=sum(lot.distance_m for lot in plan.lots),
        duration_s=sum(lot.duration_s for lot in plan.lots),
        vehicle_requirement=_requirements(plan),
        reserve_price=amount_of(sum(reserves_minor), currency),
        plan_digest=f"0x{digest.hex()}",
    )


def _stop(
    lot: Lot,
    index: int,
    stop: MergedStop,
    lot_number: int | None,
    documents: Mapping[str, Demand],
    hidden: Sequence[str],
) -> Stop:
    posted = [documents[each].origin for each in stop.pickups]
    posted += [documents[each].destination for each in stop.deliveries]
    return Stop(
        id=_stop_id(lot, index),
        lot_number=lot_number,
        place=Place(
            coordinate=Coordinate(
                latitude_deg=exact(posted[0].coordinate.latitude_deg),
                longitude_deg=exact(posted[0].coordinate.longitude_deg),
            ),
            name=_public_name(posted, hidden),
            address=_public_address(posted[0]),
            window=_windows(stop.window),
            service_s=stop.departure_s - stop.arrival_s,
        ),
    )


def _loads(
    lot: Lot,
    merged: Sequence[MergedStop],
    lot_number: int | None,
    documents: Mapping[str, Demand],
) -> list[LotLoad]:
    at = {(each, StopAction.PICKUP): i for i, stop in enumerate(merged) for each in stop.pickups}
    at |= {
        (each, StopAction.DELIVERY): i for i, stop in enumerate(merged) for each in stop.deliveries
    }
    return [
        LotLoad(
            id=f"{lot.index}-{place}",
            lot_number=lot_number,
            pickup_stop=_stop_id(lot, at[demand.id, StopAction.PICKUP]),
            delivery_stop=_stop_id(lot, at[demand.id, StopAction.DELIVERY]),
            load=Load(
                mass_g=demand.mass_g,
                volume_cm3=demand.volume_cm3,
                pallets=demand.pallets,
                goods_class=(demand.temperature_class.value,),
                hazardous_item=_dangerous(documents[demand.id]),
            ),
        )
        for place, demand in enumerate(lot.demands, 1)
    ]


def _stop_id(lot: Lot, index: int) -> str:
    return f"{lot.index}-{chr(ord('a') + index)}" if index < 26 else f"{lot.index}-{index}"


def _public_name(places: Sequence[Place], hidden: Sequence[str]) -> str | None:
    """Give the first name of a place that names no firm."""
    for place in places:
        city = place.address.city_name if place.address else None
        for name in (city, place.name):
            if name and not any(firm in name.casefold() for firm in hidden):
                return name
    return None


def _public_address(place: Place) -> Address | None:
    """Give town and country; the street is for whoever wins."""
    if place.address is None:
        return None
    return Address(
        city_name=place.address.city_name,
        postal_zone=place.address.postal_zone,
        country=place.address.country,
    )


def _windows(window: TimeWindow | None) -> Many[Window]:
    if window is None:
        return ()
    return (Window(start=_moment(window.start_s), end=_moment(window.end_s)),)


def _moment(moment_s: int) -> str:
    return f"{datetime.fromtimestamp(moment_s, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _dangerous(document: Demand) -> Many[HazardousItem]:
    """Keep what the law wants the carrier to know."""
    return document.load.hazardous_item


def _requirements(plan: Plan) -> tuple[str, ...]:
    return tuple(sorted({lot.vehicle.name.replace(" ", "_") for lot in plan.lots}))
