"""Notices of the feed as subscribers see them."""

import json
from typing import Any

from gateway.events.notice import Notice as Shown
from gateway.events.notice import shown_notice
from ledger.queries import Notice

ORDER = {
    "block_number": 9,
    "machine": "order",
    "agreement": 1 << 32 | 7,
    "number": 12,
    "order_number": 12,
    "organisation": 1,
    "action": 1,
    "state": 1,
    "name": None,
    "facts": None,
}


def shown(notice: Notice) -> Shown:
    return shown_notice(notice, "ab12cd34")


def data_of(notice: Notice) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(shown(notice).text)
    return data


def test_fact_is_told_in_the_words_of_the_lifecycle_table() -> None:
    notice, data = shown(Notice(5, "event", ORDER)), data_of(Notice(5, "event", ORDER))
    assert (notice.sequence, notice.type) == (5, "fact")
    assert notice.kind == "fact.order.OrderIssued"
    assert data["order"] == "A1-7-O12"
    assert (data["event"], data["action"]) == ("OrderIssued", "issue")
    assert data["state"] == "Issued"


def test_id_names_feed_and_place_and_is_in_the_data() -> None:
    assert data_of(Notice(5, "event", ORDER))["id"] == "evt_ab12cd34_5"
    assert shown_notice(Notice(5, "event", ORDER), "ffff0000").id == "evt_ffff0000_5"


def test_event_of_a_stream_carries_place_type_and_data_on_one_line_each() -> None:
    notice = shown(Notice(5, "intent", {"context": {"text": "two\nlines"}}))
    lines = notice.as_event().split("\n")
    assert lines[:2] == ["id: 5", "event: intent"]
    assert json.loads(lines[2].removeprefix("data: "))["context"] == {"text": "two\nlines"}
    assert lines[3:] == ["", ""]


def test_time_is_that_of_the_block() -> None:
    notice = Notice(5, "event", ORDER | {"timestamp": 1_700_000_000})
    assert shown(notice).time == 1_700_000_000
    assert data_of(notice)["time"] == 1_700_000_000
    assert shown(Notice(5, "intent", {})).time is None


def test_what_the_chain_took_back_is_told_as_retracted() -> None:
    notice = shown(Notice(6, "retracted", ORDER))
    assert (notice.type, notice.kind) == ("retracted", "retracted.order.OrderIssued")
    assert data_of(Notice(6, "retracted", ORDER))["order"] == "A1-7-O12"


def test_delivery_names_its_order() -> None:
    body = ORDER | {"machine": "delivery", "number": 3, "action": 34, "state": 2}
    data = data_of(Notice(7, "event", body))
    assert (data["delivery"], data["order"], data["event"]) == (
        "A1-7-D3",
        "A1-7-O12",
        "DeliveryDespatched",
    )


def test_fact_of_the_registry_carries_its_fields() -> None:
    body = {
        "machine": "organisation",
        "number": 4,
        "name": "OrganisationAdmitted",
        "block_number": 2,
    }
    data = data_of(Notice(8, "event", body | {"facts": {"roles": 1}}))
    assert (data["event"], data["number"], data["facts"]) == (
        "OrganisationAdmitted",
        4,
        {"roles": 1},
    )


def test_every_notice_can_be_written_as_json() -> None:
    body = {"commitment": b"\x01" * 32, "status": "opened"}
    assert data_of(Notice(9, "document", body))["commitment"] == "0x" + "01" * 32
    assert shown(Notice(9, "document", body)).kind == "document.opened"
    assert shown(Notice(9, "intent", {"error": "IntentExpired"})).kind == "intent.refused"
