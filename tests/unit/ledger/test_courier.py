"""Documents that are withheld, spoiled or lied about, and what they hold up: their own order."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ledger.acceptance import Accepted
from ledger.desk import Wish
from ledger.document.part import Document
from ledger.embedded import EmbeddedChain
from ledger.examination import Fact, Findings
from ledger.fault import DocumentBroken, DocumentUnread
from ledger.query.timeline import DocumentView
from ledger.role import Role
from ledger.runtime import LedgerRuntime
from tests.gateways import PATIENCE_S, Gateway, agreed, founded, opened, purchase, recorded, seen


@dataclass
class Trade:
    """A brand's gateway (organisation 1), a supplier's (2), and their agreement."""

    brand: Gateway
    supplier: Gateway
    buyer: LedgerRuntime
    seller: LedgerRuntime
    agreement: int

    async def issue(self) -> Accepted:
        """Accept a new order with a document."""
        wish = Wish(agreement=self.agreement, action="issue", document=purchase("PO"))
        return await self.buyer.desk.record(1, wish)

    async def issued(self) -> Accepted:
        """Issue an order and wait until the supplier knows of it."""
        accepted = await self.issue()
        view = await self.buyer.wait_for(accepted.intent, PATIENCE_S)
        assert view.status == "recorded"
        await seen(self.seller, lambda: self._is_known(accepted.number))
        return accepted

    def _is_known(self, number: int) -> bool:
        return self.seller.queries.order(2, self.agreement, number) is not None

    def document(self, number: int) -> DocumentView | None:
        """The supplier's copy of an order's document."""
        found = self.seller.queries.documents(
            2, kind="order", agreement=self.agreement, number=number
        )
        return found[0] if found else None

    async def is_in_state(self, number: int, status: str) -> None:
        """Wait until the supplier's copy has a status."""

        def has_status() -> bool:
            document = self.document(number)
            return document is not None and document.status == status

        await seen(self.seller, has_status)

    def confirmation(self, number: int) -> Wish:
        """The supplier's confirmation of an order."""
        return Wish(agreement=self.agreement, action="confirm", number=number)


@asynccontextmanager
async def trading(chain: EmbeddedChain, folder: Path) -> AsyncIterator[Trade]:
    """Two gateways in business."""
    async with (
        founded(chain, folder, ([Role.BRAND], [Role.SUPPLIER])) as (brand, supplier),
        brand.running() as buyer,
        supplier.running() as seller,
    ):
        agreement = await agreed(buyer, seller, (1, 2, 0, 0, 0))
        yield Trade(brand, supplier, buyer, seller, agreement)


async def test_a_withheld_document_holds_up_its_own_order_until_it_comes(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as trade:
        withheld = await trade.issue()
        assert withheld.document is not None
        assert withheld.document.cid is not None
        trade.brand.server.withheld.add(withheld.document.cid)
        other = await trade.issued()
        await trade.is_in_state(withheld.number, "missing")
        await opened(trade.seller, 2, kind="order", agreement=trade.agreement, number=other.number)
        await recorded(trade.seller, 2, trade.confirmation(other.number))
        with pytest.raises(DocumentUnread):
            await trade.seller.desk.record(2, trade.confirmation(withheld.number))
        order = trade.seller.queries.order(2, trade.agreement, withheld.number)
        assert order is not None
        assert order.state == "Issued"
        trade.brand.server.withheld.clear()
        await trade.is_in_state(withheld.number, "opened")
        await recorded(trade.seller, 2, trade.confirmation(withheld.number))


async def test_a_spoiled_block_is_named_and_mended_by_a_later_fetch(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as trade:
        spoiled = await trade.issue()
        assert spoiled.document is not None
        assert spoiled.document.cid is not None
        trade.brand.server.spoiled.add(spoiled.document.cid)
        await trade.is_in_state(spoiled.number, "broken")
        document = trade.document(spoiled.number)
        assert document is not None
        assert "other bytes" in (document.reason or "")
        with pytest.raises(DocumentBroken):
            await trade.seller.desk.record(2, trade.confirmation(spoiled.number))
        trade.brand.server.spoiled.clear()
        await trade.is_in_state(spoiled.number, "opened")


async def test_an_unreadable_order_can_still_be_rejected(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as trade:
        trade.brand.server.is_down = True
        accepted = await trade.issued()
        with pytest.raises(DocumentUnread):
            await trade.seller.desk.record(2, trade.confirmation(accepted.number))
        reject = Wish(agreement=trade.agreement, action="reject", number=accepted.number)
        await recorded(trade.seller, 2, reject)


async def test_documents_that_arrive_while_a_gateway_is_down_are_fetched_at_its_start(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with founded(shared_chain, tmp_path, ([Role.BRAND], [Role.SUPPLIER])) as (
        brand,
        supplier,
    ):
        async with brand.running() as buyer:
            async with supplier.running() as seller:
                agreement = await agreed(buyer, seller, (1, 2, 0, 0, 0))
            wish = Wish(agreement=agreement, action="issue", document=purchase("LATE"))
            await recorded(buyer, 1, wish)
        async with supplier.running() as seller:
            body = await opened(seller, 2, kind="order", agreement=agreement, number=1)
            assert body["id"] == "LATE"


async def test_the_feed_tells_what_happened_to_a_document(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as trade:
        before = trade.seller.queries.last_sequence()
        await trade.issued()
        await trade.is_in_state(1, "opened")
        told = trade.seller.queries.notices(2, before)
        assert [each.topic for each in told] == ["event", "document"]
        assert told[1].body["status"] == "opened"
        assert trade.seller.queries.notices(3, before) == []


async def test_a_gateway_that_hangs_holds_up_its_own_documents_alone(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    roles = ([Role.BRAND], [Role.SUPPLIER], [Role.BRAND])
    async with founded(shared_chain, tmp_path, roles) as (hanging, supplier, other):
        settings = supplier.settings()
        settings = replace(settings, courier=replace(settings.courier, timeout_s=60.0))
        async with (
            hanging.running() as slow_buyer,
            other.running() as buyer,
            LedgerRuntime(settings) as seller,
        ):
            waiting = await agreed(slow_buyer, seller, (1, 2, 0, 0, 0))
            agreement = await agreed(buyer, seller, (3, 2, 0, 0, 0))
            hanging.server.hangs = asyncio.Event()
            wish = Wish(agreement=waiting, action="issue", document=purchase("SLOW"))
            await recorded(slow_buyer, 1, wish)
            await seen(seller, lambda: seller.queries.order(2, waiting, 1) is not None)
            for number in range(1, 4):
                wish = Wish(agreement=agreement, action="issue", document=purchase("FAST"))
                await recorded(buyer, 3, wish)
                await opened(seller, 2, kind="order", agreement=agreement, number=number)
            assert not seller.queries.documents(2, kind="order", agreement=waiting)
            hanging.server.hangs.set()
            await opened(seller, 2, kind="order", agreement=waiting)


class Counting:
    """Finds in each document how many were read before it."""

    def refers(self, content: Document) -> bool:
        """Say yes."""
        return True

    def examine(self, history: Sequence[Fact]) -> Mapping[int, Findings]:
        """Count up to the first document that is not opened."""
        found: dict[int, Findings] = {}
        for fact in history:
            if fact.machine == "agreement":
                continue
            if fact.content is None or fact.document is None:
                break
            found[fact.document] = [{"path": "", "message": str(len(found)), "name": "Count"}]
        return found


async def test_a_document_is_judged_once_all_before_it_are_read(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with founded(shared_chain, tmp_path, ([Role.BRAND], [Role.SUPPLIER])) as (
        brand,
        supplier,
    ):
        settings = supplier.settings()
        settings = replace(settings, courier=replace(settings.courier, examiner=Counting()))
        async with brand.running() as buyer, LedgerRuntime(settings) as seller:
            agreement = await agreed(buyer, seller, (1, 2, 0, 0, 0))
            trade = Trade(brand, supplier, buyer, seller, agreement)
            first = await trade.issue()
            assert first.document is not None
            assert first.document.cid is not None
            brand.server.withheld.add(first.document.cid)
            await buyer.wait_for(first.intent, PATIENCE_S)
            revised = Wish(agreement=agreement, action="revise", number=1, document=purchase("2"))
            await recorded(buyer, 1, revised)

            def judged() -> list[tuple[str, str | None]]:
                found = seller.queries.documents(2, agreement=agreement, kind="order")
                return [(d.status, d.findings[0]["message"] if d.findings else None) for d in found]

            await seen(seller, lambda: sorted(judged()) == [("missing", None), ("opened", None)])
            brand.server.withheld.clear()
            await seen(seller, lambda: judged() == [("opened", "0"), ("opened", "1")])
