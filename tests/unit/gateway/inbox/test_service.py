"""Messages are kept before they are read, and each can be dealt with whatever it says."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import Engine
from sqlmodel import select

from gateway.connectors.shop.signature import SHOPIFY_HEADER, sign
from gateway.inbox import book, service, shop
from gateway.inbox.errors import (
    AcknowledgementAbsent,
    InboxDocumentUnknown,
    InboxMessageUnknown,
    InboxStateUnexpected,
    ShopKept,
    ShopSignatureInvalid,
    ShopUnknown,
)
from gateway.inbox.models import InboxContent, InboxMessage
from gateway.inbox.schemas import ShopBody
from ledger.database import reading, writing
from ledger.document.order import Order

ROOT = Path(__file__).parents[4]
ORDER = (ROOT / "examples" / "order.xml").read_bytes()
SHOPIFY = (ROOT / "tests" / "edi" / "shop" / "shopify.json").read_bytes()
SECRET = "a secret of sixteen"
OURS, THEIRS = 1, 2


def _receive(engine: Engine, content: bytes, sender: str = "brand") -> Any:
    return service.receive(engine, OURS, sender, content, "application/xml")


def test_a_message_becomes_its_documents(engine: Engine) -> None:
    taken = _receive(engine, ORDER)
    assert (taken.state, taken.standard, taken.type) == ("ready", "ubl", "Order")
    (listed,) = taken.documents
    document = service.document(engine, OURS, taken.id, 0)
    assert isinstance(document, Order)
    assert listed.id == document.id


def test_a_message_that_is_wrong_is_kept_with_everything_that_is_wrong(engine: Engine) -> None:
    broken = ORDER.replace(b"<cbc:IssueDate>", b"<cbc:IssueDate>x")
    taken = _receive(engine, broken)
    assert taken.state == "refused"
    assert taken.documents == []
    assert all(finding["line"] and finding["what_to_do"] for finding in taken.findings)
    assert service.content(engine, OURS, taken.id, None)[0] == broken


def test_what_is_in_no_standard_is_kept_and_refused(engine: Engine) -> None:
    for content in (b"", b"\x00\xff", b"no standard", b"[1]", b"{}", b"<a/>"):
        taken = _receive(engine, content)
        assert taken.state == "refused"
        assert service.content(engine, OURS, taken.id, None)[0] == content


def test_a_message_that_comes_again_is_counted_and_not_kept_twice(engine: Engine) -> None:
    first = _receive(engine, ORDER)
    again = _receive(engine, ORDER)
    assert (again.id, again.is_duplicate, again.arrivals) == (first.id, True, 2)
    other = _receive(engine, ORDER, "somebody else")
    assert other.id != first.id


def test_messages_that_come_at_the_same_moment_are_one(engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: _receive(engine, ORDER), range(4)))
    assert len({each.id for each in taken}) == 1
    assert service.message(engine, OURS, taken[0].id).arrivals == 4


def test_contents_are_sealed_where_they_lie(engine: Engine) -> None:
    taken = _receive(engine, ORDER)
    with writing(engine) as session:
        row = session.exec(select(InboxContent)).one()
        assert b"Order" not in row.sealed
        row.sealed = row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])
        session.add(row)
    with pytest.raises(InvalidTag):
        service.content(engine, OURS, taken.id, None)


def test_a_mended_message_is_read_again_and_the_first_stays(engine: Engine) -> None:
    broken = ORDER.replace(b"<cbc:IssueDate>", b"<cbc:IssueDate>x")
    taken = _receive(engine, broken)
    mended = service.mend(engine, OURS, taken.id, ORDER, "application/xml")
    assert (mended.state, mended.version, mended.findings) == ("ready", 2, [])
    assert service.content(engine, OURS, taken.id, 1)[0] == broken
    assert service.content(engine, OURS, taken.id, None)[0] == ORDER
    assert _receive(engine, broken).id == taken.id


def test_a_message_whose_reading_was_cut_off_is_replayed(engine: Engine) -> None:
    with writing(engine) as session:
        kept = book.keep(session, OURS, "brand", ORDER, "application/xml")
        number = str(kept.id)
    assert service.message(engine, OURS, number).state == "received"
    assert service.replay(engine, OURS, number).state == "ready"


def test_a_message_set_aside_can_be_replayed(engine: Engine) -> None:
    taken = _receive(engine, ORDER)
    aside = service.set_aside(engine, OURS, taken.id)
    assert (aside.state, aside.actions) == ("set_aside", ["replay"])
    with pytest.raises(InboxStateUnexpected):
        service.set_aside(engine, OURS, taken.id)
    with pytest.raises(InboxStateUnexpected):
        service.mend(engine, OURS, taken.id, ORDER, "application/xml")
    assert service.replay(engine, OURS, taken.id).state == "ready"


def test_what_is_recorded_stays_as_it_is(engine: Engine) -> None:
    taken = _receive(engine, ORDER)
    with writing(engine) as session:
        message = book.own(session, OURS, taken.id)
        book.note_recorded(message, 0, 7)
        session.add(message)
    after = service.message(engine, OURS, taken.id)
    assert (after.state, after.actions, after.documents[0].intent) == ("recorded", [], "7")
    with pytest.raises(InboxStateUnexpected):
        service.replay(engine, OURS, taken.id)
    with pytest.raises(InboxStateUnexpected):
        service.set_aside(engine, OURS, taken.id)


def _interchange(number: str) -> bytes:
    """Write two purchase orders under one control number."""
    isa = "ISA*00*          *00*          *ZZ*BRAND          *ZZ*MILL           "
    sets = "".join(
        f"ST*850*{nth:04}~BEG*00*SA*{number}-{nth}**20260301~"
        "CUR*BY*EUR~N1*BY*Brand AS~N1*SE*Mill Ltd~PO1*1*5*EA*12.5**VP*B-8~CTT*1~"
        f"SE*8*{nth:04}~"
        for nth in (1, 2)
    )
    head = f"{isa}*260301*1200*U*00401*000000042*0*P*>~GS*PO*BRAND*MILL*20260301*1200*1*X*004010~"
    return f"{head}{sets}GE*2*1~IEA*1*000000042~".encode()


def test_an_interchange_becomes_its_documents_and_is_acknowledged(engine: Engine) -> None:
    taken = _receive(engine, _interchange("PO"))
    assert (taken.state, taken.findings) == ("ready", [])
    assert [each.id for each in taken.documents] == ["PO-1", "PO-2"]
    told = service.acknowledgement(engine, OURS, taken.id).decode()
    assert "AK9*A*2*2*2" in told
    assert service.acknowledgement(engine, OURS, taken.id).decode() == told


def test_a_message_of_an_interchange_that_is_wrong_keeps_no_other_back(engine: Engine) -> None:
    broken = _interchange("PO").replace(
        b"PO1*1*5*EA*12.5**VP*B-8~CTT*1~SE*8*0002", b"CTT*0~SE*7*0002"
    )
    taken = _receive(engine, broken)
    assert taken.state == "ready"
    assert [each.id for each in taken.documents] == ["PO-1"]
    assert taken.findings
    told = service.acknowledgement(engine, OURS, taken.id).decode()
    assert "AK5*A" in told
    assert "AK5*R" in told
    service.mend(engine, OURS, taken.id, _interchange("PO"), "application/edi-x12")
    assert service.acknowledgement(engine, OURS, taken.id).decode() == told


def test_a_message_without_acknowledgement_has_none(engine: Engine) -> None:
    taken = _receive(engine, SHOPIFY)
    with pytest.raises(AcknowledgementAbsent):
        service.acknowledgement(engine, OURS, taken.id)


def test_a_control_number_that_comes_with_other_content_is_refused(engine: Engine) -> None:
    first = _receive(engine, _interchange("PO"))
    second = _receive(engine, _interchange("QO"))
    assert (first.state, second.state) == ("ready", "refused")
    assert f"message {first.id} " in second.findings[0]["rule"]
    service.set_aside(engine, OURS, first.id)
    assert service.replay(engine, OURS, second.id).state == "ready"


def test_messages_of_others_look_as_if_they_did_not_exist(engine: Engine) -> None:
    taken = _receive(engine, ORDER)
    for call in (service.message, service.replay, service.set_aside):
        with pytest.raises(InboxMessageUnknown):
            call(engine, THEIRS, taken.id)
    assert service.messages(engine, THEIRS, None, None, 50).items == []


def test_an_id_that_is_none_is_unknown(engine: Engine) -> None:
    for id_ in ("", "0", "-1", "x", "1e3", "9" * 40, "٣"):
        with pytest.raises(InboxMessageUnknown):
            service.message(engine, OURS, id_)


def test_a_document_or_version_that_is_none_is_unknown(engine: Engine) -> None:
    taken = _receive(engine, ORDER)
    with pytest.raises(InboxDocumentUnknown):
        service.document(engine, OURS, taken.id, 1)
    with pytest.raises(InboxMessageUnknown):
        service.content(engine, OURS, taken.id, 2)


def test_messages_are_listed_page_by_page_the_newest_first(engine: Engine) -> None:
    ids = [_receive(engine, ORDER + b" " * number).id for number in range(5)]
    first = service.messages(engine, OURS, "ready", None, 2)
    second = service.messages(engine, OURS, "ready", first.next, 3)
    assert [each.id for each in (*first.items, *second.items)] == ids[::-1]
    assert second.next is None
    assert service.messages(engine, OURS, "refused", None, 2).items == []


@pytest.fixture
def known_shop(engine: Engine) -> str:
    body = ShopBody(kind="shopify", domain="brand.example", secret=SECRET)
    return shop.create(engine, OURS, body).id


def test_an_order_that_a_shop_signed_is_taken(engine: Engine, known_shop: str) -> None:
    headers = {SHOPIFY_HEADER: sign(SHOPIFY, SECRET.encode())}
    taken = shop.receive(engine, frozenset({OURS}), known_shop, SHOPIFY, headers)
    assert (taken.state, taken.standard, taken.sender) == ("ready", "shopify", "brand.example")


def test_an_order_that_no_shop_signed_is_not_kept(engine: Engine, known_shop: str) -> None:
    for headers in ({}, {SHOPIFY_HEADER: sign(SHOPIFY, b"another secret")}):
        with pytest.raises(ShopSignatureInvalid):
            shop.receive(engine, frozenset({OURS}), known_shop, SHOPIFY, headers)
    with reading(engine) as session:
        assert session.exec(select(InboxMessage)).all() == []


def test_a_shop_is_known_once_and_by_its_owner(engine: Engine, known_shop: str) -> None:
    with pytest.raises(ShopKept):
        shop.create(engine, OURS, ShopBody(kind="shopify", domain="brand.example", secret=SECRET))
    with pytest.raises(ShopUnknown):
        shop.receive(engine, frozenset({THEIRS}), known_shop, SHOPIFY, {})
    with pytest.raises(ShopUnknown):
        shop.remove(engine, THEIRS, known_shop)
    shop.remove(engine, OURS, known_shop)
    assert shop.shops(engine, OURS).items == []


def test_the_secret_of_a_shop_is_never_shown(engine: Engine, known_shop: str) -> None:
    shown = shop.shops(engine, OURS).model_dump_json()
    assert json.loads(shown)["items"][0]["id"] == known_shop
    assert SECRET not in shown
