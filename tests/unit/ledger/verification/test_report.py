"""An order checked again on a real chain: what holds, and what each kind of damage comes to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import pytest
import pytest_asyncio

from ledger.client import Client
from ledger.desk import Wish
from ledger.embedded import EmbeddedChain
from ledger.identifier import OrderId, parse_order
from ledger.role import Role
from ledger.vault import Cid, VaultError
from ledger.verification.evidence import FetchBlock, Reader
from ledger.verification.finding import Report
from ledger.verification.report import verify_order
from tests.gateways import Gateway, agreed, founded, opened, purchase, recorded

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Story:
    """An order that was issued, acknowledged and confirmed with documents."""

    gateways: list[Gateway]
    order: OrderId
    chain_url: str

    async def report(self, reader: int, fetch: FetchBlock | None = None) -> Report:
        """Check the order again as the member of one gateway."""
        (host,) = self.gateways[reader].hosts.values()
        async with Client(self.chain_url) as client:
            return await verify_order(
                client,
                self.gateways[0].deployment,
                self.order,
                Reader(host.number, host.encryption_keys),
                fetch or self.fetch,
            )

    async def fetch(self, cid: Cid, holders: Sequence[int]) -> bytes | None:
        """Take a block from whichever vault has it."""
        for gateway in self.gateways:
            try:
                return gateway.server.vault.get(cid)
            except VaultError:
                continue
        return None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def story(
    shared_chain: EmbeddedChain, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Story]:
    members = [[Role.BRAND], [Role.SUPPLIER], [Role.SUPPLIER]]
    async with founded(shared_chain, tmp_path_factory.mktemp("story"), members) as gateways:
        buyer, seller = (next(iter(gateway.hosts)) for gateway in gateways[:2])
        async with gateways[0].running() as brand, gateways[1].running() as supplier:
            agreement = await agreed(brand, supplier, (buyer, seller, 0, 0, 0))
            wish = Wish(agreement=agreement, action="issue", document=purchase("PO-1"))
            view = await recorded(brand, buyer, wish)
            await opened(supplier, seller, kind="order", agreement=agreement)
            for action in ("acknowledge", "confirm"):
                wish = Wish(agreement=agreement, action=action, number=view.number)
                await recorded(supplier, seller, wish)
        yield Story(gateways, OrderId(agreement, view.number), shared_chain.url)


async def test_every_step_of_an_honest_order_holds_for_both_parties(story: Story) -> None:
    for reader in (0, 1):
        report = await story.report(reader)
        assert report.holds, [each for each in report.findings if not each.holds]
        assert report.state == "Confirmed"
        told = [line.what for line in report.lines]
        assert told[-3].startswith("ordered: no. PO-1")
        assert told[-2:] == ["acknowledged the order", "confirmed the order"]
        assert report.lines[-3].document == "opened"


async def test_an_outsider_sees_signatures_and_sealed_documents_only(story: Story) -> None:
    report = await story.report(2)
    assert report.holds
    assert "opened" not in {line.document for line in report.lines}
    assert any("sealed for others" in line.what for line in report.lines)


async def test_what_an_outsider_is_not_served_counts_as_sealed_for_others(story: Story) -> None:
    async def withhold(cid: Cid, holders: Sequence[int]) -> bytes | None:
        return None

    report = await story.report(2, withhold)
    assert report.holds
    assert {line.document for line in report.lines} == {"sealed", "none"}


async def test_a_withheld_document_is_named(story: Story) -> None:
    async def withhold(cid: Cid, holders: Sequence[int]) -> bytes | None:
        return None

    report = await story.report(1, withhold)
    assert not report.holds
    assert {line.document for line in report.lines} == {"missing", "none"}


async def test_a_document_with_one_changed_byte_is_named(story: Story) -> None:
    async def spoil(cid: Cid, holders: Sequence[int]) -> bytes | None:
        block = await story.fetch(cid, holders)
        if block is None or block.startswith(b"{"):
            return block
        return block[:-100] + bytes([block[-100] ^ 1]) + block[-99:]

    report = await story.report(1, spoil)
    assert not report.holds
    assert "broken" in {line.document for line in report.lines}


async def test_a_manifest_with_another_documents_root_is_named(story: Story) -> None:
    async def confuse(cid: Cid, holders: Sequence[int]) -> bytes | None:
        block = await story.fetch(cid, holders)
        return b'{"entries":[],"manifest_version":1}' if (block or b"").startswith(b"{") else block

    report = await story.report(1, confuse)
    assert not report.holds
    assert any("another block than the chain names" in each.detail for each in report.findings)


async def test_an_order_that_the_chain_does_not_know_does_not_hold(story: Story) -> None:
    unknown = Story(story.gateways, parse_order("A4000-9-O1"), story.chain_url)
    report = await unknown.report(0)
    assert not report.holds
    assert report.lines == []
