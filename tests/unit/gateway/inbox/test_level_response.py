"""Messages of Peppol are answered by Message Level Responses, and those that come are noted."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from lxml import etree
from sqlalchemy import Engine

from gateway.connectors.message import ConnectorRefused, InvalidUblApplicationResponse
from gateway.connectors.ubl import message_level_response as mlr
from gateway.connectors.ubl.application_response import read_receipts
from gateway.inbox import service
from gateway.inbox.errors import AcknowledgementAbsent
from gateway.outbox import book as outbox_book
from gateway.outbox import service as outbox
from ledger.database import writing
from ledger.document.party import Identification

ROOT: Final = Path(__file__).parents[4]
PLAIN: Final = (ROOT / "examples" / "order.xml").read_bytes()
OURS: Final = 1
SIDES: Final = (
    Identification(id="7300010000001", scheme_id="0088"),
    Identification(id="7302347231110", scheme_id="0088"),
)


def _peppol() -> bytes:
    """Make the example order one of Peppol, between two endpoints."""
    root = etree.fromstring(PLAIN)
    spaces = {key: value for key, value in root.nsmap.items() if key}
    cbc = spaces["cbc"]
    said = root.find("cbc:CustomizationID", spaces)
    if said is None:
        said = etree.Element(f"{{{cbc}}}CustomizationID")
        before = root.find("cbc:ID", spaces)
        assert before is not None
        before.addprevious(said)
    said.text = "urn:fdc:peppol.eu:poacc:trns:order:3"
    for side, endpoint in zip(("BuyerCustomerParty", "SellerSupplierParty"), SIDES, strict=True):
        party = root.find(f"cac:{side}/cac:Party", spaces)
        assert party is not None
        for known in party.findall("cbc:EndpointID", spaces):
            party.remove(known)
        number = etree.Element(f"{{{cbc}}}EndpointID", schemeID=endpoint.scheme_id or "")
        number.text = endpoint.id
        party.insert(0, number)
    return etree.tostring(root)


def _told(engine: Engine, id_: str) -> etree._Element:
    return etree.fromstring(service.acknowledgement(engine, OURS, id_))


def test_a_message_that_is_taken_is_answered_to_its_sender(engine: Engine) -> None:
    taken = service.receive(engine, OURS, "brand", _peppol(), "")
    assert taken.state == "ready"
    told = _told(engine, taken.id)
    assert told.findtext(".//{*}ResponseCode") == mlr.ACCEPTED
    assert told.findtext("{*}SenderParty/{*}EndpointID") == SIDES[1].id
    assert told.findtext("{*}ReceiverParty/{*}EndpointID") == SIDES[0].id
    assert told.findtext(".//{*}DocumentReference/{*}ID") == taken.documents[0].id
    (waiting,) = outbox.messages(engine, OURS, None, "brand", None, 10).items
    assert (waiting.standard, waiting.type) == ("ubl", "ApplicationResponse")


def test_a_message_that_is_refused_is_answered_with_every_place(engine: Engine) -> None:
    broken = _peppol().replace(b"IssueDate>", b"IssueDate>x", 1).replace(b"EUR", b"eur")
    taken = service.receive(engine, OURS, "brand", broken, "")
    assert taken.state == "refused"
    told = _told(engine, taken.id)
    assert told.findtext(".//{*}ResponseCode") == mlr.REJECTED
    assert len(told.findall(".//{*}LineResponse")) == len(taken.findings)
    service.mend(engine, OURS, taken.id, _peppol(), "")
    assert etree.tostring(_told(engine, taken.id)) == etree.tostring(told)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"peppol.eu", b"example.com"),
        (b"EndpointID", b"EndpointId"),
        (b"</", b"<"),
    ],
)
def test_what_is_not_of_peppol_or_names_nobody_is_not_answered(
    engine: Engine, old: bytes, new: bytes
) -> None:
    taken = service.receive(engine, OURS, "brand", _peppol().replace(old, new), "")
    with pytest.raises(AcknowledgementAbsent):
        service.acknowledgement(engine, OURS, taken.id)


def _response(message_id: str, broken: bytes | None = None) -> bytes:
    findings = ()
    if broken is not None:
        with pytest.raises(ConnectorRefused) as refused:
            service.read(broken, "brand")
        findings = refused.value.findings
    return mlr.render(mlr.MessageLevelResponse("1", "2026-03-02", *SIDES, message_id, findings))


def test_a_response_that_comes_is_noted_at_what_was_sent(engine: Engine) -> None:
    with writing(engine) as session:
        number = outbox_book.put(
            session, OURS, "mill", PLAIN, key="1", standard="ubl", type="Order"
        )
    sent = outbox.message(engine, OURS, str(number))
    broken = PLAIN.replace(b"IssueDate>", b"IssueDate>x", 1)
    taken = service.receive(engine, OURS, "mill", _response(sent.parts[0].reference, broken), "")
    assert (taken.state, taken.findings) == ("noted", [])
    answered = outbox.message(engine, OURS, str(number))
    assert answered.answer == "refused"
    assert answered.parts[0].complaints[0]["element"].endswith("IssueDate")
    service.receive(engine, OURS, "mill", _response(sent.parts[0].reference), "")
    assert outbox.message(engine, OURS, str(number)).answer == "accepted"


def test_a_response_about_what_was_never_sent_says_so(engine: Engine) -> None:
    taken = service.receive(engine, OURS, "mill", _response("PO-unknown"), "")
    assert (taken.state, taken.findings[0]["found"]) == ("refused", "PO-unknown")


@pytest.mark.parametrize("name", [b"ResponseCode", b"DocumentReference", b"DocumentResponse"])
def test_a_response_that_answers_nothing_is_refused(name: bytes) -> None:
    with pytest.raises(InvalidUblApplicationResponse) as refused:
        read_receipts(_response("PO-1").replace(name, b"Other"))
    assert all(each.location.line for each in refused.value.findings)
