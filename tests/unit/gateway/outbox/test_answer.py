"""What partners acknowledge is noted at the messages that it names."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from gateway.connectors.edi.receipt import Complaint, Receipt
from gateway.inbox import service as inbox
from gateway.outbox import service
from gateway.outbox.answer import note_receipts
from ledger.database import writing
from tests.unit.gateway.outbox.test_outbox import EDIFACT, OURS, X12, put


def _answers(engine: Engine, id_: str) -> tuple[str, list[str]]:
    shown = service.message(engine, OURS, id_)
    return shown.answer, [each.answer for each in shown.parts]


def _note(engine: Engine, *receipts: Receipt, partner: str = "brand") -> list[Receipt]:
    with writing(engine) as session:
        return note_receipts(session, OURS, partner, receipts)


def _receipt(reference: str, is_accepted: bool = True, **fields: Any) -> Receipt:
    chosen = {"interchange_reference": "7", "name": "855" if reference else "", **fields}
    return Receipt(reference=reference, is_accepted=is_accepted, **chosen)


def test_a_message_is_accepted_with_its_last_part(engine: Engine) -> None:
    id_ = put(engine)
    assert _note(engine, _receipt("0001")) == []
    assert _answers(engine, id_) == ("", ["accepted", ""])
    assert _note(engine, _receipt("0002")) == []
    assert _answers(engine, id_) == ("accepted", ["accepted", "accepted"])


def test_a_message_is_refused_with_its_first_part_and_says_why(engine: Engine) -> None:
    id_ = put(engine)
    wrong = Complaint(2, "BAK", "4", "8", "2026")
    _note(engine, _receipt("0002", False, complaints=(wrong,)))
    assert _answers(engine, id_) == ("refused", ["", "refused"])
    (complaint,) = service.message(engine, OURS, id_).parts[1].complaints
    assert (complaint["tag"], complaint["code"], complaint["found"]) == ("BAK", "8", "2026")
    _note(engine, _receipt("0001"), _receipt("0002"))
    assert _answers(engine, id_) == ("accepted", ["accepted", "accepted"])


@pytest.mark.parametrize("number", ["7", "0007", "000000042", "42"])
def test_all_that_are_not_named_are_meant_by_who_names_none(engine: Engine, number: str) -> None:
    id_ = put(engine)
    every = _receipt("", interchange_reference=number)
    assert _note(engine, every, _receipt("0002", False)) == []
    assert _answers(engine, id_) == ("refused", ["accepted", "refused"])


def test_of_several_with_the_same_numbers_the_newest_is_meant(engine: Engine) -> None:
    old, new = put(engine), put(engine, key="order:2")
    _note(engine, _receipt(""))
    assert _answers(engine, old)[0] == ""
    assert _answers(engine, new)[0] == "accepted"


def test_what_was_never_sent_to_that_partner_is_unknown(engine: Engine) -> None:
    id_ = put(engine)
    for receipt in (
        _receipt("0003"),
        _receipt("0001", name="856"),
        _receipt("0001", interchange_reference="8"),
        _receipt("", interchange_reference=""),
    ):
        assert _note(engine, receipt) == [receipt]
    assert _note(engine, _receipt("0001"), partner="mill") == [_receipt("0001")]
    assert _answers(engine, id_) == ("", ["", ""])


def _functional(number: str) -> bytes:
    isa = "ISA*00*          *00*          *ZZ*BRAND          *ZZ*MILL           "
    head = f"{isa}*260302*1200*U*00401*000000009*0*P*>~GS*FA*BRAND*MILL*20260302*1200*9*X*004010~"
    return (
        f"{head}ST*997*0001~AK1*PR*{number}~AK2*855*0001~AK5*A~AK2*855*0002~AK3*BAK*2**8~"
        "AK4*4*373*8*2026~AK5*R*5~AK9*P*2*2*1~SE*10*0001~GE*1*9~IEA*1*000000009~"
    ).encode()


def test_a_997_that_comes_is_noted_at_what_was_sent(engine: Engine) -> None:
    id_ = put(engine)
    taken = inbox.receive(engine, OURS, "brand", _functional("7"), "")
    assert (taken.state, taken.findings, taken.documents) == ("noted", [], [])
    assert _answers(engine, id_) == ("refused", ["accepted", "refused"])


def test_a_997_about_what_was_never_sent_says_so(engine: Engine) -> None:
    put(engine)
    taken = inbox.receive(engine, OURS, "brand", _functional("8"), "")
    assert taken.state == "refused"
    assert [each["found"] for each in taken.findings] == ["8 855 0001", "8 855 0002"]


def test_a_contrl_that_comes_is_noted_at_what_was_sent(engine: Engine) -> None:
    id_ = put(engine, EDIFACT, standard="edifact")
    content = (
        b"UNB+UNOC:3+BRAND:14+MILL:14+260302:1200+9'UNH+1+CONTRL:4:1:UN'"
        b"UCI+42+MILL:14+BRAND:14+7'UNT+3+1'UNZ+1+9'"
    )
    taken = inbox.receive(engine, OURS, "brand", content, "")
    assert (taken.state, taken.findings) == ("noted", [])
    assert _answers(engine, id_) == ("accepted", ["accepted"])


def _notice(code: str, note: str) -> bytes:
    isa = "ISA*00*          *00*          *ZZ*BRAND          *ZZ*MILL           "
    head = f"{isa}*260302*1200*U*00401*000000009*0*P*>~"
    return f"{head}TA1*000000042*260301*1200*{code}*{note}~IEA*0*000000009~".encode()


def test_an_envelope_that_is_taken_says_nothing_of_what_is_in_it(engine: Engine) -> None:
    id_ = put(engine)
    taken = inbox.receive(engine, OURS, "brand", _notice("A", "000"), "")
    assert (taken.state, taken.findings) == ("noted", [])
    assert _answers(engine, id_) == ("", ["", ""])


def test_an_envelope_that_is_refused_is_refused_with_all_that_is_in_it(engine: Engine) -> None:
    id_ = put(engine)
    inbox.receive(engine, OURS, "brand", _notice("R", "024"), "")
    assert _answers(engine, id_) == ("refused", ["refused", "refused"])


def test_who_asks_is_told_that_its_envelope_is_refused(engine: Engine) -> None:
    broken = X12.replace(b"*000000042*0*P*>", b"*000000042*1*P*>").replace(b"IEA*1*", b"IEA*2*")
    taken = inbox.receive(engine, OURS, "mill", broken, "")
    assert taken.state == "refused"
    (told,) = service.messages(engine, OURS, None, "mill", None, 50).items
    content = service.content(engine, OURS, told.id)
    assert (told.standard, told.source) == ("x12", taken.id)
    assert b"TA1*000000042*260301*1200*R*" in content


def test_an_interchange_of_edifact_that_is_refused_is_told_so(engine: Engine) -> None:
    taken = inbox.receive(engine, OURS, "mill", EDIFACT.replace(b"UNZ+1+", b"UNZ+2+"), "")
    assert taken.state == "refused"
    (told,) = service.messages(engine, OURS, None, "mill", None, 50).items
    assert told.type == "CONTRL"
    assert b"UCI+42+MILL:14+BRAND:14+4" in service.content(engine, OURS, told.id)
