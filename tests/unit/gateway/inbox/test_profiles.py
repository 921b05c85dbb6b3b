"""Messages of the inbox are read by the profile of their partner, and answered by it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from gateway.inbox import service
from gateway.inbox.table import FINDINGS_MAX, ROWS_MAX
from gateway.profiles import service as profiles
from ledger.document.order import Order
from tests.unit.gateway.connectors.profile.sample import ROWS, order, table

OURS = 1
ACME = """
name = "acme"
version = "{version}"
senders = ["van"]
addresses = ["ZZ:ACME"]
currency = "{currency}"

[delimiters]
element = "|"

[units]
QX = "KGM"
"""
TABLE = """
[[table]]
name = "orders"
version = 1
title = "Orders"
delimiter = ";"
header_line = 3
decimal = ","
grouping = "."
key = ["PO", "Pos"]
field = [
  { to = "order.id", template = "{PO}/{Pos}", is_required = true },
  { to = "order.issue_date", column = "Datum", kind = "date", dates = ["%d.%m.%Y"] },
  { to = "order.buyer_customer_party.name", constant = "Acme", is_always = true },
  { to = "order.seller_supplier_party.name", constant = "Us", is_always = true },
  { to = "order.order_line[0].id", column = "Pos" },
  { to = "order.order_line[0].item.name", column = "Artikel" },
  { to = "order.order_line[0].quantity.value", column = "Menge", kind = "decimal" },
  { to = "order.order_line[0].quantity.unit_code", column = "Einheit", values = { Stk = "H87" } },
]
"""


def _store(engine: Engine, *, version: str = "1", currency: str = "USD", more: str = "") -> None:
    content = ACME.format(version=version, currency=currency) + more
    profiles.store(engine, OURS, "acme", content.encode())


def _receive(engine: Engine, content: bytes, sender: str = "") -> Any:
    return service.receive(engine, OURS, sender, content, "application/octet-stream")


def _order(engine: Engine, id_: str, position: int = 0) -> Order:
    found = service.document(engine, OURS, id_, position)
    assert isinstance(found, Order)
    return found


def test_a_message_is_read_by_the_profile_that_its_envelope_names(engine: Engine) -> None:
    refused = _receive(engine, order(unit="QX"))
    assert (refused.state, refused.profile) == ("refused", "")
    _store(engine)
    replayed = service.replay(engine, OURS, refused.id)
    assert (replayed.state, replayed.profile) == ("ready", "acme 1")
    (line,) = _order(engine, replayed.id).order_line
    assert line.quantity.unit_code == "KGM"
    assert line.price is not None
    assert line.price.price_amount.currency_id == "USD"


def test_a_document_stays_what_it_was_when_the_profile_changes(engine: Engine) -> None:
    _store(engine)
    taken = _receive(engine, order())
    before = _order(engine, taken.id)
    _store(engine, version="2", currency="EUR")
    assert _order(engine, taken.id) == before
    service.replay(engine, OURS, taken.id)
    (line,) = _order(engine, taken.id).order_line
    assert line.price is not None
    assert line.price.price_amount.currency_id == "EUR"


def test_a_document_read_without_a_profile_stays_without(engine: Engine) -> None:
    taken = _receive(engine, order())
    _store(engine)
    assert _order(engine, taken.id).order_line[0].price is None


def test_a_partner_is_answered_in_its_own_delimiters(engine: Engine) -> None:
    _store(engine)
    taken = _receive(engine, order())
    answer = service.acknowledgement(engine, OURS, taken.id)
    assert answer.startswith(b"ISA|")
    assert b"AK9|A|1|1|1" in answer


def test_an_envelope_that_is_not_its_bringers_is_refused(engine: Engine) -> None:
    _store(engine)
    profiles.store(engine, OURS, "zeta", b'name = "zeta"\nversion = "1"')
    taken = _receive(engine, order(), "zeta")
    assert taken.state == "refused"
    assert "zeta" in taken.findings[0]["rule"]
    assert _receive(engine, order(), "van").state == "ready"


def test_a_file_is_of_one_partner(engine: Engine) -> None:
    _store(engine)
    other = order(number="PO-2", control="000000082").replace(b"ZZ*ACME  ", b"ZZ*OTHER ")
    taken = _receive(engine, order() + other)
    assert taken.state == "refused"
    (finding,) = taken.findings
    assert (finding["found"], finding["line"]) == ("OTHER", 13)


def test_the_rows_of_a_table_become_documents(engine: Engine) -> None:
    _store(engine, more=TABLE)
    taken = _receive(engine, table(), "acme")
    assert (taken.standard, taken.type, taken.profile) == ("csv", "orders", "acme 1")
    assert [each.id for each in taken.documents] == ["4711/1", "4711/2"]
    assert _order(engine, taken.id, 1).order_line[0].quantity.value == "12"


def test_rows_that_are_bad_are_told_of_beside_those_that_are_ready(engine: Engine) -> None:
    _store(engine, more=TABLE)
    taken = _receive(engine, table(ROWS.replace("12;Stk", "12;Quux")), "acme")
    assert (taken.state, [each.id for each in taken.documents]) == ("ready", ["4711/1"])
    (finding,) = taken.findings
    assert (finding["line"], finding["path"], finding["found"]) == (5, "Einheit", "Quux")


@pytest.mark.parametrize(
    ("content", "sender"),
    [(table(), ""), (table(), "stranger"), (table(""), "acme"), (b"A;B\n1;2\n", "acme")],
    ids=["nobody", "stranger", "no rows", "other columns"],
)
def test_a_table_that_no_mapping_reads_is_refused(
    engine: Engine, content: bytes, sender: str
) -> None:
    _store(engine, more=TABLE)
    taken = _receive(engine, content, sender)
    assert taken.state == "refused"
    assert taken.findings[0]["what_to_do"]


def test_a_table_with_very_many_rows_is_refused_with_the_way_out(engine: Engine) -> None:
    _store(engine, more=TABLE)
    rows = "".join(f"{number};1;;;;;\n" for number in range(ROWS_MAX + 1))
    taken = _receive(engine, table(rows), "acme")
    assert taken.state == "refused"
    (finding,) = taken.findings
    assert (finding["line"], finding["found"]) == (ROWS_MAX + 4, f"{ROWS_MAX + 1} rows")
    assert "consign import" in finding["what_to_do"]


def test_of_very_many_bad_rows_the_first_are_told_of(engine: Engine) -> None:
    _store(engine, more=TABLE)
    rows = "".join(f"{number};1;;;;;\n" for number in range(FINDINGS_MAX))
    taken = _receive(engine, table(rows), "acme")
    assert len(taken.findings) == FINDINGS_MAX
    assert taken.findings[-1]["found"] == f"{FINDINGS_MAX} rows"
