"""From a demand as it was posted to a demand as planners take it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from gateway.demands.money import minor_of
from gateway.errors import DocumentUnfit, Finding
from ledger.document import transport
from pooling.demand import Demand, Place, TemperatureClass, TimeWindow
from pooling.errors import InvalidDemand

PALLET_VOLUME_CM3: Final = 120 * 80 * 200
"""Space of a pallet for which no volume is given: the EUR footprint, two metres high."""

DELIVERY_DAYS: Final = 14
"""How long after pick-up begins a destination without a window takes goods."""

_PATHS: Final = {
    "demand.mass_g": "/load/mass_g",
    "demand.volume_cm3": "/load/volume_cm3",
    "demand.pallets": "/load/pallets",
    "demand.alone_price_minor": "/alone_price",
    "demand.hazmat_class": "/load/hazardous_item",
    "demand.destination": "/destination/coordinate",
    "demand.delivery_window.end_s": "/destination/window",
    "place.latitude_deg": "/coordinate/latitude_deg",
    "place.longitude_deg": "/coordinate/longitude_deg",
}
_NAME: Final = "DemandUnplannable"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PooledDemand:
    """A demand that can be planned.

    Parameters
    ----------
    demand : Demand
        Its `alone_price_minor` is the highest price the firm may be asked: what it would pay
        alone, or its own highest price where that is lower.
    currency : str
        Of the price.
    handling_s : int
        Longest time at either of its places; zero when neither says.
    """

    demand: Demand
    currency: str
    handling_s: int


def pooled_of(document: transport.Demand, id: str, organisation: int) -> PooledDemand:
    """Read a demand as planners take it.

    Parameters
    ----------
    id : str
        Its order's identifier.
    organisation : int
        Who pays the share.

    Raises
    ------
    DocumentUnfit
        With everything that keeps it from being planned.
    """
    reader = _Reader()
    price_minor = reader.take("", lambda: _price_minor(document))
    load = document.load
    temperature = reader.take("/load/goods_class", lambda: _temperature(load))
    hazmat = reader.take("/load/hazardous_item", lambda: _hazmat_class(load))
    volume_cm3 = reader.take("/load/volume_cm3", lambda: _volume_cm3(load))
    origin = reader.take("/origin", lambda: _place(document.origin))
    destination = reader.take("/destination", lambda: _place(document.destination))
    pickup = reader.take("/origin/window", lambda: _pickup(document.origin))
    if load.incompatible_class:
        message = "must be empty: goods are kept apart by temperature and danger class only"
        reader.findings.append(_finding("/load/incompatible_class", message))
    reader.require_nothing_found()
    assert pickup and origin and destination and temperature and volume_cm3 and price_minor
    demand = reader.take(
        "",
        lambda: Demand(
            id=id,
            organisation=player_of(organisation),
            origin=origin,
            destination=destination,
            mass_g=load.mass_g,
            volume_cm3=volume_cm3,
            pallets=load.pallets or 0,
            pickup_window=pickup,
            delivery_window=_delivery(document.destination, pickup),
            temperature_class=temperature,
            hazmat_class=hazmat,
            alone_price_minor=price_minor,
        ),
    )
    reader.require_nothing_found()
    assert demand is not None
    handling_s = max(document.origin.service_s or 0, document.destination.service_s or 0)
    return PooledDemand(demand, document.alone_price.currency_id, handling_s)


def player_of(organisation: int) -> str:
    """Name an organisation as planners do, so that names sort as numbers."""
    return f"{organisation:010d}"


class _Reader:
    """Collects everything that is wrong."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def take(self, path: str, read: Callable[[], T]) -> T | None:
        """Read a part, or remember why it cannot be read."""
        try:
            return read()
        except InvalidDemand as refused:
            self.findings.append(_finding(path + _PATHS.get(refused.field, ""), refused.remedy))
        except _Unplannable as refused:
            self.findings.append(_finding(path + refused.path, refused.message))
        return None

    def require_nothing_found(self) -> None:
        """Refuse the demand with everything found."""
        if self.findings:
            first = self.findings[0]
            detail = f"The demand cannot be planned: {first.path} {first.message}"
            raise DocumentUnfit(f"{detail.rstrip('.')}.", tuple(self.findings))


class _Unplannable(Exception):
    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def _finding(path: str, message: str) -> Finding:
    return Finding(f"/document{path}", message.rstrip("."), _NAME)


def _price_minor(document: transport.Demand) -> int:
    prices = {"/alone_price": document.alone_price}
    if document.max_price is not None:
        prices["/max_price"] = document.max_price
    found = []
    for path, amount in prices.items():
        if amount.currency_id != document.alone_price.currency_id:
            raise _Unplannable(path, "must be in the currency of the alone price")
        try:
            found.append(minor_of(amount))
        except ValueError as problem:
            raise _Unplannable(path, str(problem)) from None
        if found[-1] <= 0:
            raise _Unplannable(path, "must be more than nothing")
    return min(found)


def _temperature(load: transport.Load) -> TemperatureClass:
    named = [each for each in TemperatureClass if each.value in load.goods_class]
    if len(named) > 1:
        raise _Unplannable("", "must name one temperature class: " + " or ".join(named))
    return named[0] if named else TemperatureClass.AMBIENT


def _hazmat_class(load: transport.Load) -> str | None:
    labels = {each.hazard_class_id for each in load.hazardous_item}
    if "adr" in load.goods_class and not labels:
        raise _Unplannable("", "must name the dangerous goods of class adr")
    if None in labels:
        raise _Unplannable("", "must name the hazard class of each of the dangerous goods")
    if len(labels) > 1:
        raise _Unplannable("", "must be of one hazard class; post a demand for each")
    return labels.pop() if labels else None


def _volume_cm3(load: transport.Load) -> int:
    if load.volume_cm3 is not None:
        return load.volume_cm3
    if not load.pallets:
        raise _Unplannable("", "must be given where there are no pallets")
    return load.pallets * PALLET_VOLUME_CM3


def _place(place: transport.Place) -> Place:
    latitude, longitude = place.coordinate.latitude_deg, place.coordinate.longitude_deg
    city = place.address.city_name if place.address else None
    return Place(float(latitude), float(longitude), place.name or city or f"{latitude},{longitude}")


def _pickup(origin: transport.Place) -> TimeWindow:
    if not origin.window:
        raise _Unplannable("", "must say when the goods can be picked up")
    return _first(origin)


def _delivery(destination: transport.Place, pickup: TimeWindow) -> TimeWindow:
    if destination.window:
        return _first(destination)
    return TimeWindow(pickup.start_s, pickup.start_s + DELIVERY_DAYS * 86_400)


def _first(place: transport.Place) -> TimeWindow:
    """Take the earliest window: planners keep to one, and it is always right to keep to it."""
    moments = [(_moment_s(each.start), _moment_s(each.end)) for each in place.window]
    return TimeWindow(*min(moments))


def _moment_s(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
