"""Notices of the feed as subscribers see them."""

import json

from gateway.events.service import shown_notice
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


def test_fact_is_told_in_the_words_of_the_lifecycle_table() -> None:
    notice = shown_notice(Notice(5, "event", ORDER))
    assert (notice.sequence, notice.type) == (5, "fact")
    assert notice.data["order"] == "A1-7-O12"
    assert (notice.data["event"], notice.data["action"]) == ("OrderIssued", "issue")
    assert notice.data["state"] == "Issued"


def test_what_the_chain_took_back_is_told_as_retracted() -> None:
    notice = shown_notice(Notice(6, "retracted", ORDER))
    assert notice.type == "retracted"
    assert notice.data["order"] == "A1-7-O12"


def test_delivery_names_its_order() -> None:
    body = ORDER | {"machine": "delivery", "number": 3, "action": 34, "state": 2}
    data = shown_notice(Notice(7, "event", body)).data
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
    data = shown_notice(Notice(8, "event", body | {"facts": {"roles": 1}})).data
    assert (data["event"], data["number"], data["facts"]) == (
        "OrganisationAdmitted",
        4,
        {"roles": 1},
    )


def test_every_notice_can_be_written_as_json() -> None:
    body = {"commitment": b"\x01" * 32, "status": "opened"}
    assert json.loads(json.dumps(shown_notice(Notice(9, "document", body)).data))
