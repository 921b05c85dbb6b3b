"""A member that was away reads everything later, whichever of the others is away then."""

import asyncio
from pathlib import Path

from ledger.desk import Wish
from ledger.embedded import EmbeddedChain
from ledger.role import Role
from ledger.vault import FileVault
from tests.gateways import agreed, founded, opened, purchase, recorded

BUYER, SELLER, CARRIER = 1, 2, 3
ORDERS = 3


async def test_what_a_silent_sender_sealed_is_brought_from_another_party(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    roles = ([Role.BRAND], [Role.SUPPLIER], [Role.CARRIER])
    async with founded(shared_chain, tmp_path, roles) as (brand, supplier, carrier):
        async with brand.running() as buyer, supplier.running() as seller:
            async with carrier.running() as present:
                seats = (BUYER, SELLER, CARRIER, 0, 0)
                agreement = await agreed(buyer, seller, seats, (present, CARRIER))
            for number in range(1, ORDERS + 1):
                document = purchase(f"PO-{number}")
                wish = Wish(agreement=agreement, action="issue", document=document)
                await recorded(buyer, BUYER, wish)
                await opened(seller, SELLER, kind="order", agreement=agreement, number=number)
        brand.server.hangs = asyncio.Event()
        async with carrier.running() as returned:
            for number in range(1, ORDERS + 1):
                about = {"kind": "order", "agreement": agreement, "number": number}
                body = await opened(returned, CARRIER, **about)
                assert body["id"] == f"PO-{number}"


async def test_a_gateway_that_lost_all_but_its_keys_gets_its_documents_from_others(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    async with founded(shared_chain, tmp_path, ([Role.BRAND], [Role.SUPPLIER])) as (
        brand,
        supplier,
    ):
        async with brand.running() as buyer, supplier.running() as seller:
            agreement = await agreed(buyer, seller, (BUYER, SELLER, 0, 0, 0))
            wish = Wish(agreement=agreement, action="issue", document=purchase("PO-1"))
            await recorded(buyer, BUYER, wish)
            about = {"kind": "order", "agreement": agreement, "number": 1}
            await opened(seller, SELLER, **about)
        brand.folder = tmp_path / "anew"
        brand.server.vault = FileVault(brand.folder / "vault")
        engine = brand.serve()
        async with brand.running() as buyer:
            assert (await opened(buyer, BUYER, **about))["id"] == "PO-1"
        engine.dispose()
