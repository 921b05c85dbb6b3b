"""What an event says beside its goods: when, for which papers, between whom; and the way back."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import Any, Final
from urllib.parse import quote, unquote

from gateway.connectors.epcis.document import as_json
from gateway.connectors.epcis.event import Event
from gateway.connectors.epcis.gs1 import is_gln, party_uri, place_uri, read_key
from gateway.connectors.epcis.part import moment
from gateway.connectors.epcis.vocabulary import bare, is_uri
from gateway.connectors.json.reader import write_json
from ledger.document.party import Identification, Location, Party

_TRANSACTION: Final = re.compile(r"urn:epcglobal:cbv:bt:[0-9]{13}:(.+)")
_UNNUMBERED: Final = "event-"
_SCHEME_GLN: Final = "0088"
_SCHEME_URI: Final = "uri"


class Unnameable(Exception):
    """Something of a document has no name that an event could hold."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event, read as documents need it."""

    event: Event

    @property
    def step(self) -> str:
        """The business step, as one word of the vocabulary."""
        return bare(self.event.biz_step or "", "BizStep")

    @property
    def state(self) -> str:
        """The disposition, as one word of the vocabulary."""
        return bare(self.event.disposition or "", "Disp")

    def when(self) -> tuple[str, str]:
        """Give day and time where it happened, by the zone that the event names."""
        sign, hours, minutes = re.match(  # type: ignore[union-attr]
            r"([+-])(\d\d):(\d\d)", self.event.event_time_zone_offset
        ).groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        zone = timezone(-offset if sign == "-" else offset)
        local = moment(self.event.event_time).astimezone(zone)
        fraction = f".{local.microsecond:06}".rstrip("0") if local.microsecond else ""
        clock = f"{local:%H:%M:%S}{fraction}{self.event.event_time_zone_offset}"
        return local.date().isoformat(), clock

    def papers(self, kind: str) -> list[str]:
        """Give the numbers of the papers of a kind, such as ``po``."""
        found: dict[str, None] = {}
        for each in self.event.biz_transaction_list or ():
            if bare(each.type or "", "BTT") == kind:
                match = _TRANSACTION.fullmatch(each.biz_transaction)
                found[unquote(match[1]) if match else each.biz_transaction] = None
        return list(found)

    def paper(self, kind: str) -> str | None:
        """Give the number of the one paper of a kind; `trade` refuses events that name several."""
        return next(iter(self.papers(kind)), None)

    def reference(self, kind: str) -> dict[str, Any] | None:
        """Refer to the first paper of a kind."""
        number = self.paper(kind)
        return None if number is None else {"id": number}

    def number(self, kind: str) -> str:
        """Number the document: by its own paper, else by the event, else by what it says."""
        number = self.paper(kind) or self.event.event_id
        if number is not None:
            return number
        digest = hashlib.sha256(write_json(as_json(self.event))).hexdigest()
        return f"{_UNNUMBERED}{digest}"

    def party(self, side: str, kind: str) -> dict[str, Any] | None:
        """Name a party: ``source`` or ``destination``; ``owning_party`` or ``possessing_party``."""
        uri = self._end(side, kind)
        return None if uri is None else {"identifications": [_identification(uri)]}

    def place(self, side: str) -> dict[str, Any] | None:
        """Name the place of a side."""
        uri = self._end(side, "location")
        return None if uri is None else {"id": _identification(uri)}

    def _end(self, side: str, kind: str) -> str | None:
        ends = self.event.source_list if side == "source" else self.event.destination_list
        for each in ends or ():
            if bare(each.type, "SDT") == kind:
                return str(getattr(each, side))
        return None


def event_moment(day: str, clock: str | None) -> dict[str, str]:
    """Spell a moment as an event has it.

    Raises
    ------
    Unnameable
        If there is no time: a day alone is no moment, and no zone is guessed.
    """
    if clock is None:
        raise Unnameable("An event happens at a moment: the document needs a time with its zone")
    zone = "+00:00" if clock.endswith("Z") else clock[-6:]
    return {"eventTime": f"{day}T{clock}", "eventTimeZoneOffset": zone}


def transaction(kind: str, number: str | None, issuer: Party | None) -> list[dict[str, str]]:
    """Name a paper of trade; none when there is no number.

    Raises
    ------
    Unnameable
        If the number is no URI, and its issuer has no GLN to make one with.
    """
    if number is None:
        return []
    if is_uri(number):
        return [{"type": kind, "bizTransaction": number}]
    gln = _gln(issuer.identifications) if issuer else None
    if gln is None:
        raise Unnameable(f"The number {number!r} needs the GLN of who gave it")
    uri = f"urn:epcglobal:cbv:bt:{gln}:{quote(number, safe='')}"
    return [{"type": kind, "bizTransaction": uri}]


def own_event_id(number: str) -> str | None:
    """Give the number of a document as that of its event, where it can be one."""
    return number if is_uri(number) else None


def own_paper(kind: str, number: str, issuer: Party | None) -> list[dict[str, str]]:
    """Name the document itself as a paper of trade, unless its number is that of the event.

    Raises
    ------
    Unnameable
        As `transaction`.
    """
    is_event = is_uri(number) or number.startswith(_UNNUMBERED)
    return [] if is_event else transaction(kind, number, issuer)


def end(side: str, kind: str, party: Party | None) -> list[dict[str, str]]:
    """Name a party as source or destination; none when nothing names it."""
    uri = _uri(party.identifications, is_place=False) if party else None
    return [] if uri is None else [{"type": kind, side: uri}]


def place_end(side: str, place: Location | None) -> list[dict[str, str]]:
    """Name a place as source or destination; none when nothing names it."""
    uri = _uri((place.id,), is_place=True) if place and place.id else None
    return [] if uri is None else [{"type": "location", side: uri}]


def _identification(uri: str) -> dict[str, str]:
    gln = read_key(uri).gln
    if gln:
        return {"id": gln, "scheme_id": _SCHEME_GLN}
    return {"id": uri, "scheme_id": _SCHEME_URI}


def _gln(identifications: tuple[Identification, ...]) -> str | None:
    for each in identifications:
        if each.scheme_id == _SCHEME_GLN and is_gln(each.id):
            return each.id
    return None


def _uri(identifications: tuple[Identification, ...], is_place: bool) -> str | None:
    gln = _gln(identifications)
    if gln is not None:
        return place_uri(gln) if is_place else party_uri(gln)
    return next((each.id for each in identifications if is_uri(each.id)), None)
