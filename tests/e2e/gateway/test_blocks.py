"""Blocks are served to those who may have them; to others they look as if they were not held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from sqlmodel import select

from gateway.database import open_database
from ledger.asker import LIFETIME_S, SCHEME, WINDOW_S, Askers
from ledger.clock import now_ms
from ledger.host import Host
from ledger.intent import domain_separator
from ledger.key import SigningKey
from ledger.model import AttachmentBlock, Record
from ledger.vault import cid_from_digest, cid_of
from ledger.vault.bundle import read_bundle
from tests.e2e.gateway.story import issue
from tests.e2e.gateway.test_attachments import issue_with, upload
from tests.e2e.gateway.world import BRAND, RIVAL, STRANGER, SUPPLIER, Answer, Desk, World

PARTIES, OTHERS = (BRAND, SUPPLIER), (STRANGER, RIVAL)


@dataclass(frozen=True)
class Asking:
    """Members that ask the brand's gateway for blocks, with their signatures or others'."""

    world: World
    brand: Desk

    def header(
        self, *aliases: str, endpoint: str | None = None, key: SigningKey | None = None
    ) -> str:
        """Sign for members; as the endpoint's owner expects it unless told otherwise."""
        numbers = [self.world.numbers[alias] for alias in aliases]
        keys = [key or self.world.signing[alias] for alias in aliases]
        hosts = {number: Host(number, key, {}) for number, key in zip(numbers, keys, strict=True)}
        network = domain_separator(self.world.deployment.order_domain)
        url = self.world.gateways["brand"].url if endpoint is None else endpoint
        return Askers(network, hosts).authorization(url, numbers)

    async def one(self, cid: str, authorization: str) -> Answer:
        """Ask for one block."""
        return await self.brand.get(f"/v1/blocks/{cid}", Authorization=authorization)

    async def many(self, cids: Sequence[str], authorization: str) -> Answer:
        """Ask for blocks together."""
        asked = {"cids": list(cids)}
        return await self.brand.post("/v1/blocks/fetch", asked, Authorization=authorization)


@pytest.fixture
def asking(world: World, brand: Desk) -> Asking:
    return Asking(world, brand)


@pytest.fixture
async def document(brand: Desk, agreement: str) -> str:
    """CID of the terms between brand and supplier."""
    view = await brand.read(f"/v1/agreements/{agreement}")
    cid: str = (await brand.read(f"/v1/documents/{view['terms_commitment']}"))["cid"]
    return cid


@pytest.mark.parametrize("alias", PARTIES)
async def test_a_party_gets_a_document_with_its_signature(
    asking: Asking, document: str, alias: str
) -> None:
    answer = await asking.one(document, asking.header(alias))
    assert answer.status == 200
    assert cid_of(answer.content) == document
    assert answer.headers["Cache-Control"].startswith("private")
    assert "immutable" in answer.headers["Cache-Control"]
    assert b"Brand" not in answer.content


@pytest.mark.parametrize("alias", OTHERS)
async def test_others_are_answered_as_if_it_were_not_held(
    asking: Asking, document: str, alias: str
) -> None:
    absent = cid_of(b"elsewhere")
    header = asking.header(alias)
    held = (await asking.one(document, header)).refused(404, "BlockMissing")
    missing = (await asking.one(absent, header)).refused(404, "BlockMissing")
    assert held | {"context": {}} == missing | {"context": {}}
    answer = await asking.many([document, absent], header)
    assert read_bundle([document, absent], answer.content) == ({}, set(), set())


async def test_many_blocks_are_served_at_once_to_who_may_have_them(
    asking: Asking, document: str
) -> None:
    asked = [cid_of(b"elsewhere"), document]
    answer = await asking.many(asked, asking.header(RIVAL, SUPPLIER))
    blocks, wrong, alone = read_bundle(asked, answer.content)
    assert list(blocks) == [document]
    assert not wrong | alone


async def test_an_api_key_asks_for_its_own_organisation(
    world: World, brand: Desk, document: str
) -> None:
    assert (await brand.get(f"/v1/blocks/{document}")).status == 200
    async with world.desk(STRANGER) as stranger:
        (await stranger.get(f"/v1/blocks/{document}")).refused(404, "BlockMissing")


async def test_a_manifest_is_served_to_the_parties_of_its_batch(
    world: World, asking: Asking, brand: Desk, agreement: str
) -> None:
    await issue(brand, agreement)
    with open_database(world.gateways["brand"].home) as session:
        manifests = session.exec(select(Record.manifest)).all()
    cids = [cid_from_digest(each) for each in manifests if each]
    served = {}
    for alias in PARTIES + OTHERS:
        answer = await asking.many(cids, asking.header(alias))
        served[alias] = set(read_bundle(cids, answer.content)[0])
    assert served[BRAND] & served[SUPPLIER]
    # Other tests have agreements of their own; but none between these.
    assert not served[SUPPLIER] & served[RIVAL]


async def test_parts_of_a_file_are_served_to_the_parties_of_its_document(
    world: World, asking: Asking, brand: Desk, agreement: str
) -> None:
    file = (await upload(brand)).body
    assert (await issue_with(brand, agreement, file)).status == 202
    with open_database(world.gateways["brand"].home) as session:
        cids = [cid_from_digest(each) for each in session.exec(select(AttachmentBlock.block))]
    for alias in PARTIES + OTHERS:
        answer = await asking.many(cids, asking.header(alias))
        blocks, _, alone = read_bundle(cids, answer.content)
        assert bool(set(blocks) | alone) == (alias in PARTIES)


@pytest.mark.parametrize("authorization", ["", "Basic x", f'{SCHEME} endpoint="x", until=1, by=""'])
async def test_who_does_not_say_who_asks_is_refused(
    asking: Asking, document: str, authorization: str
) -> None:
    answer = await asking.one(document, authorization)
    answer.refused(401, "AskerUnproven")
    assert answer.headers["WWW-Authenticate"] == SCHEME
    (await asking.many([document], authorization)).refused(401, "AskerUnproven")


async def test_a_signature_of_another_key_or_organisation_proves_nothing(
    world: World, asking: Asking, document: str
) -> None:
    foreign = asking.header(SUPPLIER, key=world.signing[RIVAL])
    (await asking.one(document, foreign)).refused(401, "AskerUnproven")
    fresh = asking.header(SUPPLIER, key=SigningKey.create())
    (await asking.one(document, fresh)).refused(401, "AskerUnproven")
    own = asking.header(RIVAL)
    number, claimed = (world.numbers[alias] for alias in (RIVAL, SUPPLIER))
    lied = own.replace(f'by="{number}:', f'by="{claimed}:')
    (await asking.one(document, lied)).refused(401, "AskerUnproven")


async def test_what_was_signed_for_another_gateway_is_refused(
    world: World, asking: Asking, document: str
) -> None:
    elsewhere = world.gateways["suppliers"].url
    header = asking.header(SUPPLIER, endpoint=elsewhere)
    (await asking.one(document, header)).refused(401, "AskerUnproven")
    claimed = header.replace(elsewhere, world.gateways["brand"].url)
    (await asking.one(document, claimed)).refused(401, "AskerUnproven")


@pytest.mark.parametrize("shift_s", [-LIFETIME_S - WINDOW_S, LIFETIME_S + WINDOW_S])
async def test_a_signature_counts_for_minutes(
    asking: Asking, document: str, monkeypatch: pytest.MonkeyPatch, shift_s: int
) -> None:
    shifted_ms = now_ms() + 1000 * shift_s
    monkeypatch.setattr("ledger.asker.now_ms", lambda: shifted_ms)
    header = asking.header(SUPPLIER)
    monkeypatch.undo()
    (await asking.one(document, header)).refused(401, "AskerUnproven")
    longer = header.replace("until=", "until=9")
    (await asking.one(document, longer)).refused(401, "AskerUnproven")
