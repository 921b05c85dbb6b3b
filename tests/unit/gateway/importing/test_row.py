"""A row's way onto the ledger, in front of a gateway that is played by a small server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from gateway.client import Desk, GatewayRefused
from gateway.connectors.csv.reader import Imported
from gateway.importing.feed import Feed
from gateway.importing.journal import Journal
from gateway.importing.row import RowSender, Side
from ledger.document import parse_document
from ledger.document.order import Order

LOOK_S = 0.02


@dataclass
class Gateway:
    """Accepts each idempotency key once; `refused` says what the ledger thinks of which intent."""

    refused: set[str] = field(default_factory=set)
    unready: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    async def post(self, request: web.Request) -> web.Response:
        """Accept an order, once it is ready to."""
        if self.unready:
            status = self.unready.pop()
            return web.json_response({"error": "Unready", "detail": "Not yet."}, status=status)
        key = request.headers["Idempotency-Key"]
        if key not in self.keys:
            self.keys.append(key)
        number = self.keys.index(key) + 1
        body = {"intent": str(number), "order": f"A1-1-O{number}"}
        return web.json_response(body, status=202)

    async def intent(self, request: web.Request) -> web.Response:
        """Tell what became of an intent."""
        number = request.match_info["number"]
        if number in self.refused:
            problem = {"error": "IntentUnauthorised", "detail": "The key was revoked."}
            return web.json_response({"status": "refused", "problem": problem})
        return web.json_response({"status": "recorded"})


@asynccontextmanager
async def _sender(gateway: Gateway, journal: Journal) -> AsyncIterator[RowSender]:
    application = web.Application()
    application.router.add_post("/v1/orders", gateway.post)
    application.router.add_get("/v1/intents/{number}", gateway.intent)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        desk = Desk(session, url, "key", 1, "Brand")
        side = Side(desk, Feed(desk))
        yield RowSender(side, side, "A1-1", "mill", journal)
    await runner.cleanup()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """The journal of a fresh import."""
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def row() -> Imported:
    """A row that tells of an order and no delivery."""
    order = parse_document(
        {
            "document_type": "Order",
            "schema_version": 2,
            "id": "PO-1",
            "issue_date": "2026-03-02",
            "document_currency_code": "EUR",
            "buyer_customer_party": {"name": "Mill"},
            "seller_supplier_party": {"name": "Weaver"},
            "order_line": [
                {
                    "id": "1",
                    "quantity": {"value": "3", "unit_code": "MTR"},
                    "item": {"name": "Linen"},
                }
            ],
        }
    )
    assert isinstance(order, Order)
    return Imported(2, "PO-1", order, None, None)


async def test_same_row_is_the_same_order_however_often_it_is_sent(
    journal: Journal, row: Imported
) -> None:
    gateway = Gateway()
    async with _sender(gateway, journal) as sender:
        assert await sender.send(row, LOOK_S) == "A1-1-O1"
        assert await sender.send(row, LOOK_S) == "A1-1-O1"
    assert len(gateway.keys) == 1


async def test_busy_gateway_is_asked_again(journal: Journal, row: Imported) -> None:
    async with _sender(Gateway(unready=[429, 503]), journal) as sender:
        assert await sender.send(row, LOOK_S) == "A1-1-O1"


async def test_refusal_for_good_is_raised_at_once(journal: Journal, row: Imported) -> None:
    gateway = Gateway(unready=[422])
    async with _sender(gateway, journal) as sender:
        with pytest.raises(GatewayRefused, match="422 Unready"):
            await sender.send(row, LOOK_S)
    assert journal.refusals == {}


async def test_row_that_the_ledger_refused_is_a_new_wish_the_next_time(
    journal: Journal, row: Imported
) -> None:
    gateway = Gateway(refused={"1"})
    async with _sender(gateway, journal) as sender:
        with pytest.raises(GatewayRefused, match="IntentUnauthorised: The key was revoked"):
            await sender.send(row, LOOK_S)
        assert journal.refusals["PO-1", "issue"] == 1
        assert await sender.send(row, LOOK_S) == "A1-1-O2"


async def test_gateway_that_is_gone_for_good_is_given_up(
    journal: Journal, row: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.importing.row.PATIENCE_S", 0.0)
    async with aiohttp.ClientSession() as session:
        desk = Desk(session, "http://127.0.0.1:9", "key", 1, "Brand")
        side = Side(desk, Feed(desk))
        with pytest.raises(aiohttp.ClientError):
            await RowSender(side, side, "A1-1", "mill", journal).send(row, LOOK_S)
