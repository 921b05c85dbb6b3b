"""Somebody who follows a gateway's feed and keeps what stands."""

from dataclasses import dataclass, field
from typing import Any

from ledger.queries import Queries

Place = tuple[int, int, int]
KEPT = ("organisation", "machine", "agreement", "number", "order_number", "action", "state", "name")


@dataclass
class Subscriber:
    """Applies events and retractions in their order, from some position on."""

    position: int = 0
    facts: dict[Place, tuple[Any, ...]] = field(default_factory=dict)
    seen: int = 0

    def read(self, queries: Queries, limit: int) -> int:
        """Read on; tells how much came."""
        notices = queries.notices(None, self.position, limit)
        for notice in notices:
            assert notice.sequence > self.position, "the feed went back"
            self.position = notice.sequence
            if notice.topic == "event":
                self._add(notice.body)
            elif notice.topic == "retracted":
                self._take_back(notice.body)
        self.seen += len(notices)
        return len(notices)

    def _add(self, body: dict[str, Any]) -> None:
        place = place_of(body)
        assert place not in self.facts, f"told twice: {body}"
        self.facts[place] = fact_of(body)

    def _take_back(self, body: dict[str, Any]) -> None:
        told = self.facts.pop(place_of(body), None)
        assert told == fact_of(body), f"took back {body}, which stood as {told}"


def place_of(row: dict[str, Any]) -> Place:
    """Tell where a fact stands on the chain."""
    return row["block_number"], row["log_index"], row["position"]


def fact_of(row: dict[str, Any]) -> tuple[Any, ...]:
    """Tell what a fact says."""
    return tuple(row.get(name) for name in KEPT)
