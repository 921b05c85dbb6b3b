"""Events of every type are written and read again equal; broken files are refused, never more."""

from __future__ import annotations

import json
import os
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.connectors.epcis import document, trade, xml
from gateway.connectors.json.reader import read_json, write_json
from gateway.connectors.message import ConnectorRefused

EPCIS = Path(__file__).parents[2] / "edi" / "epcis"
JSON = (EPCIS / "shipped.jsonld").read_bytes()
XML = (EPCIS / "received.xml").read_bytes()

TIMES = 20 if os.environ.get("DEEP") == "1" else 1

names = st.text("abcXYZ0189", min_size=1, max_size=8)
uris = names.map("urn:example:{}".format)
sgtins = names.map("urn:epc:id:sgtin:4012345.011111.{}".format)
numbers = st.integers(0, 10**12) | st.decimals(0, 10**9, places=3, allow_nan=False)
moments = st.integers(946_684_800_000, 4_070_908_800_000).map(
    lambda ms: datetime.fromtimestamp(ms / 1000, UTC)
)
offsets = st.builds(
    "{}{:02}:{:02}".format, st.sampled_from("+-"), st.integers(0, 13), st.integers(0, 59)
)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(max_size=9) | numbers,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
quantities = st.fixed_dictionaries(
    {"epcClass": names.map("urn:epc:class:lgtin:4012345.022222.{}".format), "quantity": numbers},
    optional={"uom": st.sampled_from(["KGM", "MTR", "LTR"])},
)
papers = st.fixed_dictionaries(
    {"bizTransaction": uris}, optional={"type": st.sampled_from(["po", "desadv", "inv"])}
)


def _spelled(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@st.composite
def events(draw: st.DrawFn, step: str | None = None) -> dict[str, Any]:
    epcs = draw(st.lists(sgtins, unique=True, max_size=4))
    event = {
        "type": "ObjectEvent",
        "eventTime": _spelled(draw(moments)),
        "eventTimeZoneOffset": draw(offsets),
        "action": "OBSERVE",
        "bizStep": step or draw(st.sampled_from(["shipping", "receiving", "packing", "loading"])),
        "epcList": epcs,
        "quantityList": draw(st.lists(quantities, min_size=0 if epcs else 1, max_size=3)),
        "bizTransactionList": draw(st.lists(papers, max_size=1)),
    }
    extensions = draw(st.dictionaries(names.map("example:{}".format), values, max_size=2))
    dropped = draw(st.sets(st.sampled_from(["bizTransactionList"])))
    kept = {name: value for name, value in event.items() if name not in dropped}
    return {**kept, **extensions}


def _file(inside: list[dict[str, Any]]) -> bytes:
    return write_json(
        {
            "@context": [document.CONTEXT],
            "type": "EPCISDocument",
            "schemaVersion": "2.0",
            "creationDate": "2026-03-01T00:00:00Z",
            "epcisBody": {"eventList": inside},
        }
    )


@settings(max_examples=60 * TIMES, deadline=None)
@given(value=values)
def test_json_is_written_and_read_equal(value: Any) -> None:
    written = write_json(value)
    assert write_json(read_json(written).value) == written


@settings(max_examples=60 * TIMES, deadline=None)
@given(inside=st.lists(events(), max_size=3))
def test_events_are_written_and_read_equal(inside: list[dict[str, Any]]) -> None:
    content = _file(inside)
    assert read_json(document.render(document.parse(content))).value == read_json(content).value


@settings(max_examples=80 * TIMES, deadline=None)
@given(shipped=events("shipping"), others=st.lists(events(), max_size=2))
def test_events_become_documents_and_come_back_equal(
    shipped: dict[str, Any], others: list[dict[str, Any]]
) -> None:
    content = _file([*others, shipped])
    read = trade.parse(content)
    assert read_json(trade.render(read.documents)).value == read_json(content).value


@settings(max_examples=60 * TIMES, deadline=None)
@given(received=events("receiving"), shift=st.integers(-13, 13))
def test_the_moment_is_that_of_the_event_in_its_zone(received: dict[str, Any], shift: int) -> None:
    sign = "-" if shift < 0 else "+"
    zoned = {**received, "eventTimeZoneOffset": f"{sign}{abs(shift):02}:00"}
    (receipt,) = trade.parse(_file([zoned])).documents
    assert receipt.issue_time is not None
    told = datetime.fromisoformat(f"{receipt.issue_date}T{receipt.issue_time}")
    assert told == datetime.fromisoformat(received["eventTime"])
    assert told.utcoffset() == timedelta(hours=shift)


def test_broken_files_are_read_or_refused() -> None:
    """Bytes exchanged, cut and repeated: nothing but a refusal, and never a number out of range."""
    chance = random.Random(11)
    for _ in range(400 * TIMES):
        for content, reader in ((JSON, trade.parse), (XML, xml.parse)):
            broken = bytearray(content)
            for _ in range(chance.randint(1, 6)):
                at, to = sorted(chance.randrange(len(broken)) for _ in range(2))
                choice = chance.randrange(3)
                if choice == 0:
                    broken[at] = chance.randrange(256)
                elif choice == 1:
                    del broken[at : at + chance.randrange(20)]
                else:
                    broken[at:at] = broken[at : min(to, at + 40)]
            _read_or_refuse(bytes(broken), reader)


def test_members_of_other_types_are_refused_one_by_one() -> None:
    whole = json.loads(JSON)
    event = whole["epcisBody"]["eventList"][1]
    for name in event:
        for value in (None, 0, -1, "", "x", [], {}, [None], [[]], {"a": []}, True, 10**50):
            whole["epcisBody"]["eventList"][1] = {**event, name: value}
            _read_or_refuse(json.dumps(whole).encode(), trade.parse)


def _read_or_refuse(content: bytes, reader: Any) -> None:
    try:
        reader(content)
    except ConnectorRefused as error:
        places = [finding.location for finding in error.findings]
        refused = all(each.line >= 1 and each.column >= 1 for each in places)
    else:
        refused = True
    assert refused


def test_numbers_keep_every_digit() -> None:
    for text in ("0.10", "1E+2", "-0.0", "12345678901234567890.123456789", "100"):
        assert write_json(read_json(text.encode()).value) == text.encode()
    assert read_json(b"1.50").value == Decimal("1.50")
