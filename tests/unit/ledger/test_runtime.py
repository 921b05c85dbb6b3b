"""Two gateways with nothing in common but the chain and sealed blocks."""

from pathlib import Path

from ledger.desk import Wish
from ledger.embedded import EmbeddedChain
from ledger.role import Role
from tests.gateways import agreed, founded, opened, purchase, recorded, seen

MEMBERS = ([Role.BRAND], [Role.SUPPLIER])


async def test_an_order_is_issued_and_confirmed_with_documents_crossing(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with (
        founded(shared_chain, tmp_path, MEMBERS) as (brand, supplier),
        brand.running() as buyer,
        supplier.running() as seller,
    ):
        agreement = await agreed(buyer, seller, (1, 2, 0, 0, 0))
        issue = await recorded(
            buyer, 1, Wish(agreement=agreement, action="issue", document=purchase("PO-7"))
        )
        assert issue.number == 1
        body = await opened(seller, 2, kind="order", agreement=agreement, number=1)
        assert body["id"] == "PO-7"
        (waiting,) = seller.queries.worklist(2)
        assert "confirm" in waiting.allowed_actions
        await recorded(seller, 2, Wish(agreement=agreement, action="confirm", number=1))
        await seen(buyer, lambda: buyer.queries.order(1, agreement, 1).state == "Confirmed")
        timeline = buyer.queries.timeline(1, agreement, 1)
        assert [each.event for each in timeline] == ["OrderIssued", "OrderConfirmed"]
        assert all(each.gas_used for each in timeline)
