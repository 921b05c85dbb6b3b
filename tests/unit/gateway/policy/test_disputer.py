"""What a gateway disputes by itself, when, and never twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlmodel import select

from gateway.database import migrate
from gateway.documents.examination import OrderExaminer
from gateway.policy.disputer import Disputer
from gateway.policy.models import Decision
from gateway.settings import OrganisationSettings
from ledger.database import reading
from ledger.desk import Wish
from ledger.embedded import EmbeddedChain
from ledger.role import Role
from ledger.runtime import LedgerRuntime
from tests.gateways import Gateway, agreed, founded, opened, purchase, seen
from tests.unit.gateway import papers

HOUR_S = 3_600


@dataclass
class Trade:
    """A brand (organisation 1) that examines, a supplier (2), and their agreement."""

    brand: Gateway
    supplier: Gateway
    buyer: LedgerRuntime
    seller: LedgerRuntime
    agreement: int = 0

    def disputer(self, **policy: Any) -> Disputer:
        """What the brand lets its gateway dispute."""
        key = Path("key.json")
        hosted = OrganisationSettings(number=1, signing=key, encryption=(key,), **policy)
        return Disputer(self.buyer, [hosted])

    async def confirmed(self, line: str, before: Callable[[str], None]) -> int:
        """Issue an order and confirm it with a document; gives its number.

        `before` is called with the document's CID before the confirmation is recorded.
        """
        wish = Wish(agreement=self.agreement, action="issue", document=purchase("PO"))
        order = (await self.buyer.desk.record(1, wish)).number
        await opened(self.seller, 2, kind="order", agreement=self.agreement, number=order)
        response = papers.response("AP", papers.answer(line, "5"), order="PO")
        confirm = Wish(agreement=self.agreement, action="confirm", number=order, document=response)
        accepted = await self.seller.desk.record(2, confirm)
        assert accepted.document is not None
        assert accepted.document.cid is not None
        before(accepted.document.cid)
        await seen(self.buyer, lambda: self.state(order) == "Confirmed")
        return order

    def state(self, order: int) -> str:
        found = self.buyer.queries.order(1, self.agreement, order)
        return found.ledger_state if found else ""

    async def is_answer(self, order: int, status: str) -> None:
        """Wait until the brand's copy of the confirmation has a status."""

        def has_status() -> bool:
            found = self.buyer.queries.documents(1, agreement=self.agreement, order=order)
            return [each.status for each in found if each.organisation == 2] == [status]

        await seen(self.buyer, has_status)

    def reason(self, order: int) -> str:
        """Why the order is disputed, as the supplier reads it."""
        found = self.seller.queries.documents(2, agreement=self.agreement, order=order)
        said = [each.body for each in found if each.type == "DisputeNotice"]
        return str(said[0]["reason"]) if said and said[0] else ""

    def disputed(self) -> list[Decision]:
        with reading(self.buyer.engine) as session:
            return list(session.exec(select(Decision)).all())


def examining(gateway: Gateway) -> LedgerRuntime:
    """A runtime that examines what arrives; not started."""
    settings = gateway.settings()
    courier = replace(settings.courier, examiner=OrderExaminer())
    runtime = LedgerRuntime(replace(settings, courier=courier))
    migrate(runtime.engine)
    return runtime


@asynccontextmanager
async def trading(
    chain: EmbeddedChain, folder: Path, terms: dict[str, Any] | None = None
) -> AsyncIterator[Trade]:
    async with AsyncExitStack() as stack:
        roles = ([Role.BRAND], [Role.SUPPLIER])
        brand, supplier = await stack.enter_async_context(founded(chain, folder, roles))
        buyer = await stack.enter_async_context(examining(brand))
        seller = await stack.enter_async_context(supplier.running())
        trade = Trade(brand, supplier, buyer, seller)
        trade.agreement = await agreed(buyer, seller, (1, 2, 0, 0, 0), terms=terms)
        yield trade


async def test_a_withheld_document_is_disputed_after_its_time_and_not_before(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as trade:
        order = await trade.confirmed("1", trade.supplier.server.withheld.add)
        await trade.is_answer(order, "missing")
        assert await trade.disputer(dispute_missing_after_s=HOUR_S).look() == 0
        assert await trade.disputer(dispute_broken_after_s=0).look() == 0
        before = trade.buyer.queries.last_sequence()
        assert await trade.disputer(dispute_missing_after_s=0).look() == 1
        await seen(trade.buyer, lambda: trade.state(order) == "Disputed")
        told = trade.buyer.queries.notices(1, before)
        (notice,) = [each.body for each in told if each.topic == "document"]
        assert (notice["status"], notice["action"]) == ("disputed", "dispute")
        await seen(trade.seller, lambda: "missing" in trade.reason(order))


async def test_nothing_is_disputed_twice_though_the_gateway_restarts(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as trade:
        order = await trade.confirmed("1", trade.supplier.server.withheld.add)
        await trade.is_answer(order, "missing")
        assert await trade.disputer(dispute_missing_after_s=0).look() == 1
        assert await trade.disputer(dispute_missing_after_s=0).look() == 0
        await seen(trade.buyer, lambda: trade.state(order) == "Disputed")
        await trade.buyer.stop()
        trade.buyer = examining(trade.brand)
        async with trade.buyer:
            assert await trade.disputer(dispute_missing_after_s=0).look() == 0
            assert len(trade.disputed()) == 1


async def test_a_document_that_comes_in_time_is_not_disputed(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as trade:
        order = await trade.confirmed("1", lambda cid: None)
        await trade.is_answer(order, "opened")
        policy = {"dispute_missing_after_s": 0, "dispute_broken_after_s": 0}
        assert await trade.disputer(**policy, dispute_findings=True).look() == 0
        assert trade.disputed() == []


async def test_a_spoiled_document_is_disputed_as_broken(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as trade:
        order = await trade.confirmed("1", trade.supplier.server.spoiled.add)
        await trade.is_answer(order, "broken")
        assert await trade.disputer(dispute_missing_after_s=0).look() == 0
        assert await trade.disputer(dispute_broken_after_s=0).look() == 1
        assert [each.cause for each in trade.disputed()] == ["broken"]


async def test_a_withheld_manifest_is_disputed_as_its_documents_would_be(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    def vanish(cid: str) -> None:
        trade.supplier.server.is_down = True

    async with trading(shared_chain, tmp_path) as trade:
        order = await trade.confirmed("1", vanish)
        disputer = trade.disputer(dispute_missing_after_s=0)
        while not await disputer.look():
            await trade.buyer.news.wait(0.05)
        await seen(trade.buyer, lambda: trade.state(order) == "Disputed")
        assert [each.cause for each in trade.disputed()] == ["missing"]


async def test_a_document_that_contradicts_the_order_is_disputed_where_that_is_wanted(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with trading(shared_chain, tmp_path) as trade:
        order = await trade.confirmed("9", lambda cid: None)
        await trade.is_answer(order, "opened")
        found = trade.buyer.queries.documents(1, agreement=trade.agreement, order=order)
        (answer,) = [each for each in found if each.organisation == 2]
        assert [each["name"] for each in answer.findings or []] == ["LineUnknown"]
        assert await trade.disputer(dispute_missing_after_s=0).look() == 0
        assert await trade.disputer(dispute_findings=True).look() == 1
        await seen(trade.buyer, lambda: trade.state(order) == "Disputed")
        assert await trade.disputer(dispute_findings=True).look() == 0


async def test_findings_are_disputed_as_the_agreement_has_it(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    terms = papers.terms(1, 2) | {"reference_policy": "dispute"}
    async with trading(shared_chain, tmp_path, terms) as trade:
        order = await trade.confirmed("9", lambda cid: None)
        await trade.is_answer(order, "opened")
        disputer = trade.disputer()
        while not await disputer.look():
            await trade.buyer.news.wait(0.05)
        await seen(trade.buyer, lambda: trade.state(order) == "Disputed")
        assert [(each.decision, each.person) for each in trade.disputed()] == [("dispute", None)]
