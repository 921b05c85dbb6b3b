"""Importing a table through two gateways: killed in its middle, run again, nothing twice."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from gateway.network.network import Network
from tests.e2e.network.conftest import ROOT, Consign, environment

ROWS = 40
BAD_LINE = 31
PROFILE = """
name = "mill"
version = 1
title = "Orders of a weaving mill"
encoding = "utf-8"
delimiter = ";"
quote = '"'
key = ["PO"]
absent = [""]
despatch_when = "Shipped"
receipt_when = "Shipped"
"""
FIELDS = (
    ('["order.id", "despatch.order_reference.id", "receipt.order_reference.id"]', 'column = "PO"'),
    ('["despatch.id", "receipt.despatch_document_reference.id"]', 'template = "D-{PO}"'),
    ('"receipt.id"', 'template = "R-{PO}"'),
    (
        '["order.issue_date", "despatch.issue_date", "receipt.issue_date"]',
        'column = "Date"\nkind = "date"\ndates = ["%Y-%m-%d"]',
    ),
    ('"order.document_currency_code"', 'constant = "EUR"\nis_always = true'),
    ('"order.buyer_customer_party.name"', 'constant = "Mill"\nis_always = true'),
    (
        '["order.seller_supplier_party.name", "despatch.despatch_supplier_party.name"]',
        'constant = "Weaver"\nis_always = true',
    ),
    ('"order.order_line[0].item.name"', 'column = "Goods"'),
    (
        '["order.order_line[0].id", "despatch.despatch_line[0].id", '
        '"despatch.despatch_line[0].order_line_reference.line_id", '
        '"receipt.receipt_line[0].id", "receipt.receipt_line[0].order_line_reference.line_id", '
        '"receipt.receipt_line[0].despatch_line_reference.line_id"]',
        'constant = "1"\nis_always = true',
    ),
    (
        '["order.order_line[0].quantity.value", '
        '"despatch.despatch_line[0].delivered_quantity.value", '
        '"receipt.receipt_line[0].received_quantity.value"]',
        'column = "Qty"\nkind = "decimal"\nminimum = "1"\nis_required = true',
    ),
    (
        '["order.order_line[0].quantity.unit_code", '
        '"despatch.despatch_line[0].delivered_quantity.unit_code", '
        '"receipt.receipt_line[0].received_quantity.unit_code"]',
        'constant = "MTR"',
    ),
)


@pytest.fixture
def table(tmp_path: Path) -> list[str]:
    """Arguments that import a table of which one row is bad."""
    fields = "".join(f"\n[[field]]\nto = {to}\n{rule}\n" for to, rule in FIELDS)
    (tmp_path / "mill.toml").write_text(PROFILE + fields)
    rows = [
        f"PO-{row};2026-03-02;Linen;{'many' if row == BAD_LINE - 1 else row};2026-03-09"
        for row in range(1, ROWS + 1)
    ]
    file = tmp_path / "orders.csv"
    file.write_text("\n".join(["PO;Date;Goods;Qty;Shipped", *rows]) + "\n")
    return ["import", "--profile", str(tmp_path / "mill.toml"), str(file)]


def _is_order(path: Path) -> bool:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.parse(path, parser).getroot()
    return root.tag == "{urn:oasis:names:specification:ubl:schema:xsd:Order-2}Order"


def _orders_by_key(network: Network) -> Counter[str]:
    """How many orders of the buyer's number the ledger has, as the seller read them."""
    with sqlite3.connect(network.home.gateway("suppliers") / "ledger.sqlite") as database:
        found = database.execute(
            "SELECT d.body FROM document d JOIN 'order' o ON o.agreement = d.agreement"
            " AND o.number = d.number WHERE d.kind = 'order' AND d.type = 'Order'"
        ).fetchall()
    return Counter(str(json.loads(body)["id"]) for (body,) in found)


def _received(network: Network) -> int:
    with sqlite3.connect(network.home.gateway("brand") / "ledger.sqlite") as database:
        (count,) = database.execute(
            "SELECT count(*) FROM event WHERE machine = 'delivery' AND action ="
            " (SELECT action FROM event WHERE machine = 'delivery' GROUP BY action"
            " ORDER BY max(block_number) DESC LIMIT 1)"
        ).fetchone()
    return int(count)


def test_import_killed_in_its_middle_ends_with_every_row_once(
    consign: Consign, command: list[str], network: Network, table: list[str], tmp_path: Path
) -> None:
    arguments = [*table, "--home", str(network.folder)]
    first = subprocess.Popen(
        [*command, *arguments], cwd=tmp_path, env=environment(), stdout=subprocess.DEVNULL
    )
    journals = network.home.folder / "imports"
    while first.poll() is None and sum(len(j.read_text()) for j in journals.glob("*")) == 0:
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.wait()

    second = consign(*arguments)
    assert second.returncode == 1, second.stdout + second.stderr
    assert "1 bad, 0 refused" in second.stdout
    expected = Counter({f"PO-{row}": 1 for row in range(1, ROWS + 1) if row != BAD_LINE - 1})
    assert _orders_by_key(network) == expected
    assert _received(network) == ROWS - 1
    listing = (tmp_path / "orders.bad-rows.csv").read_text()
    assert f'"{BAD_LINE}","PO-{BAD_LINE - 1}","Qty"' in listing

    third = consign(*arguments)
    assert f"0 recorded, {ROWS - 1} already there, 1 bad" in third.stdout
    for journal in journals.glob("*"):
        journal.write_text("")
    fourth = consign(*arguments)
    assert f"{ROWS - 1} recorded, 0 already there, 1 bad" in fourth.stdout
    assert _orders_by_key(network) == expected, "the keys keep what a lost journal would double"


def test_several_orders_are_imported_at_once_and_each_is_reported(
    consign: Consign, network: Network, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.xml"
    wrong.write_text("<Order/>")
    right = ROOT / "examples" / "order.xml"
    done = consign("import", right, wrong, "--home", network.folder)
    assert done.returncode == 1
    assert "order.xml is order A1-1-O1" in done.stdout
    assert "wrong.xml: 422 UnsupportedDocument" in done.stdout
    assert "1 of 2 files are on the ledger under A1-1, 1 were refused." in done.stdout
    again = consign("import", right, "--home", network.folder)
    assert again.returncode == 0
    assert "order.xml is order A1-1-O1" in again.stdout
    absent = consign("import", tmp_path / "absent.xml", "--home", network.folder)
    assert absent.returncode == 2
    assert "There is no file" in absent.stdout
    naked = tmp_path / "naked.csv"
    naked.write_text("a,b\n")
    assert consign("import", naked, "--home", network.folder).returncode == 2


def test_orders_of_the_public_examples_go_through_the_same_door(
    consign: Consign, network: Network
) -> None:
    corpus = ROOT.parent / "shared" / "corpus" / "ubl-peppol"
    if not corpus.exists():
        pytest.skip(f"there is no {corpus}")
    orders = [path for path in sorted(corpus.rglob("*.xml")) if _is_order(path)]
    assert len(orders) >= 20
    done = consign("import", *orders, "--home", network.folder)
    assert done.returncode == 0, done.stdout
    assert f"{len(orders)} of {len(orders)} files are on the ledger" in done.stdout
