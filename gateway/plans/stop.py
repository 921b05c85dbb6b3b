"""The stops of a lot as a driver sees them: one for all that happens at one place in a row."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from pooling.demand import Place, TimeWindow
from pooling.plan import Lot, StopAction


@dataclass(frozen=True, slots=True)
class MergedStop:
    """A stop.

    Parameters
    ----------
    arrival_s, departure_s : int
        Unix seconds.
    pickups, deliveries : tuple of str
        Demands that are loaded and unloaded.
    window : TimeWindow, optional
        When work may begin for all of them; none when no one moment suits all.
    """

    place: Place
    arrival_s: int
    departure_s: int
    pickups: tuple[str, ...]
    deliveries: tuple[str, ...]
    load_mass_g: int
    window: TimeWindow | None


def merged_stops(lot: Lot) -> list[MergedStop]:
    """Put together what happens at one place in a row."""
    demands = {demand.id: demand for demand in lot.demands}
    found = []
    for _, together in groupby(lot.stops, key=lambda stop: stop.place.position):
        stops = list(together)
        pickups = tuple(s.demand_id for s in stops if s.action is StopAction.PICKUP)
        deliveries = tuple(s.demand_id for s in stops if s.action is StopAction.DELIVERY)
        windows = [demands[each].pickup_window for each in pickups]
        windows += [demands[each].delivery_window for each in deliveries]
        first, last = stops[0], stops[-1]
        found.append(
            MergedStop(
                place=first.place,
                arrival_s=first.arrival_s,
                departure_s=last.departure_s,
                pickups=pickups,
                deliveries=deliveries,
                load_mass_g=last.load_mass_g,
                window=_common(windows),
            )
        )
    return found


def _common(windows: list[TimeWindow]) -> TimeWindow | None:
    start_s = max(window.start_s for window in windows)
    end_s = min(window.end_s for window in windows)
    return TimeWindow(start_s, end_s) if start_s < end_s else None
