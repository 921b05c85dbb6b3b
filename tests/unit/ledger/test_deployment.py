import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from ledger.client import Client
from ledger.contracts import encode_call
from ledger.deployment import Deployment, deploy, require_deployment
from ledger.deployment_check import inspect
from ledger.deployment_plan import CODE_BYTES_MAX, INIT_CODE_BYTES_MAX, PROXY, Plan
from ledger.deployment_proxy import PROXY_CODE, PROXY_SIGNER, PROXY_TRANSACTION
from ledger.direct import send
from ledger.embedded import EmbeddedChain
from ledger.errors import (
    DeploymentAbsent,
    DeploymentChainDiffers,
    DeploymentCodeDiffers,
    DeploymentFileInvalid,
)
from ledger.key import SigningKey
from ledger.spec import SPEC
from ledger.view import read_agreement, read_auction, read_bid, read_organisation, read_view
from tests.chain import found

SOMEBODY = "0x52908400098527886E0F7030069857D2E4169EE7"
DEPLOYMENT = Deployment.of(Plan.of(SOMEBODY), 31337, 5)


async def test_contracts_are_deployed_once_whoever_deploys(shared_chain: EmbeddedChain) -> None:
    council = SigningKey.create()
    async with Client(shared_chain.url) as client:
        first = await deploy(client, SigningKey.create(), council.address)
        again = await deploy(client, SigningKey.create(), council.address)
        await require_deployment(client, first)

        assert again == first
        assert first.bond_token is None
        assert await read_view(client, first.registry, "OrgRegistry.owner") == (council.address,)
        for contract in ("OrderLedger", "PoolAuction"):
            address = first.order_ledger if contract == "OrderLedger" else first.pool_auction
            assert await read_view(client, address, f"{contract}.registry") == (first.registry,)


async def test_two_who_deploy_at_the_same_time_make_one_deployment(
    shared_chain: EmbeddedChain,
) -> None:
    council = SigningKey.create().address
    async with Client(shared_chain.url) as client:
        each = [deploy(client, SigningKey.create(), council) for _ in range(3)]
        deployments = await asyncio.gather(*each)
        assert (await inspect(client, deployments[0])).holds
    assert deployments[0] == deployments[1] == deployments[2]


async def test_another_council_gets_other_contracts(shared_chain: EmbeddedChain) -> None:
    key = SigningKey.create()
    async with Client(shared_chain.url) as client:
        one = await deploy(client, key, SigningKey.create().address)
        other = await deploy(client, key, SigningKey.create().address)
    assert not set(one.watched) & set(other.watched)


async def test_bond_token_is_deployed_only_when_asked_for(shared_chain: EmbeddedChain) -> None:
    holder = SigningKey.create().address
    async with Client(shared_chain.url) as client:
        deployment = await deploy(client, SigningKey.create(), holder, bond_holder=holder)
        assert deployment.bond_token is not None
        (balance,) = await read_view(
            client, deployment.bond_token, "LocalBondToken.balanceOf", holder
        )
        registry_logs = await client.logs([deployment.registry], 0, deployment.block)
    assert balance > 0
    assert {log.block_number for log in registry_logs} == {deployment.block}


async def test_absent_contracts_are_refused(shared_chain: EmbeddedChain) -> None:
    async with Client(shared_chain.url) as client:
        with pytest.raises(DeploymentAbsent, match=DEPLOYMENT.registry):
            await require_deployment(client, DEPLOYMENT)
        with pytest.raises(DeploymentAbsent, match=SOMEBODY):
            await read_view(client, SOMEBODY, "OrgRegistry.owner")


async def test_contracts_of_another_chain_are_refused(shared_chain: EmbeddedChain) -> None:
    async with Client(shared_chain.url) as client:
        deployment = await deploy(client, SigningKey.create(), SOMEBODY)
        elsewhere = deployment.model_copy(update={"chain_id": 1})
        with pytest.raises(DeploymentChainDiffers, match="for chain 1, the node is on chain 31337"):
            await require_deployment(client, elsewhere)


@pytest.mark.parametrize("name", ["OrgRegistry", "OrderLedger", "PoolAuction", "LocalBondToken"])
async def test_one_byte_of_other_code_is_refused_by_name(
    own_chain: EmbeddedChain, name: str
) -> None:
    council = SigningKey.create()
    async with Client(own_chain.url) as client:
        deployment = await deploy(client, council, council.address, bond_holder=council.address)
        address = deployment.contracts.by_name()[name].address
        code = bytearray(await client.code(address))
        code[-1] ^= 1
        await client.call("anvil_setCode", address, "0x" + code.hex())

        with pytest.raises(DeploymentCodeDiffers, match=name):
            await require_deployment(client, deployment)
        with pytest.raises(DeploymentCodeDiffers, match=name):
            await deploy(client, council, council.address, bond_holder=council.address)
        inspection = await inspect(client, deployment)
        wrong = [(each.subject, each.claim) for each in inspection.findings if not each.holds]
        assert wrong == [(name, "is on the chain, byte by byte ours")]


async def test_inspection_names_the_council_and_who_was_offered_it(
    shared_chain: EmbeddedChain,
) -> None:
    council, heir = SigningKey.create(), SigningKey.create()
    async with Client(shared_chain.url) as client:
        deployment = await deploy(client, council, council.address)
        before = await inspect(client, deployment)
        offer = encode_call("OrgRegistry.transferOwnership", heir.address)
        await send(client, council, deployment.registry, offer)
        offered = await inspect(client, deployment)
        accept = encode_call("OrgRegistry.acceptOwnership")
        await send(client, heir, deployment.registry, accept)
        after = await inspect(client, deployment)

    assert (before.council, before.pending_council) == (council.address, None)
    assert (offered.council, offered.pending_council) == (council.address, heir.address)
    assert (after.council, after.pending_council) == (heir.address, None)
    assert before.holds and offered.holds and after.holds


@pytest.mark.parametrize(
    ("path", "value", "claim"),
    [
        (("contracts", "OrderLedger", "address"), SOMEBODY, "has the address that its code gives"),
        (("contracts", "OrderLedger", "init_code_hash"), "0x" + "11" * 32, "has our init code"),
        (
            ("contracts", "OrderLedger", "runtime_code_hash"),
            "0x" + "11" * 32,
            "has our runtime code in the file",
        ),
        (("contracts", "OrderLedger", "abi"), [], "has our ABI in the file"),
        (("contracts", "OrgRegistry", "address"), SOMEBODY, "points to the registry"),
        (("chain_id",), 1, "is the one of the file"),
        (("salt",), "0x" + "11" * 32, "is ours"),
        (("proxy",), SOMEBODY, "is the one that chains share"),
    ],
)
async def test_inspection_finds_what_a_file_says_wrongly(
    shared_chain: EmbeddedChain, path: tuple[str, ...], value: Any, claim: str
) -> None:
    async with Client(shared_chain.url) as client:
        deployment = await deploy(client, SigningKey.create(), SOMEBODY)
        table = json.loads(deployment.to_json())
        place = table
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        inspection = await inspect(client, Deployment.from_json(json.dumps(table)))
    assert not inspection.holds
    assert claim in [each.claim for each in inspection.findings if not each.holds]


async def test_views_read_what_the_contracts_remember(shared_chain: EmbeddedChain) -> None:
    async with Client(shared_chain.url) as client:
        network = await found(client)
        buyer, seller = [await network.admit() for _ in range(2)]
        agreement = await network.agreement([buyer, seller, 0, 0, 0])
        deployment = network.deployment

        organisation = await read_organisation(client, deployment.registry, buyer)
        assert (organisation.name, organisation.encryption_epoch) == ("Test", 1)
        read = await read_agreement(client, deployment.order_ledger, agreement)
        assert (read.seats, read.state, read.unsigned) == ((buyer, seller, 0, 0, 0), 2, 0)
        assert (await read_auction(client, deployment.pool_auction, 1)).organisation == 0
        assert (await read_bid(client, deployment.pool_auction, 1, 0)).status == 0


def test_addresses_are_the_same_on_every_chain_and_the_code_is_not() -> None:
    ledger = Plan.of(SOMEBODY)["OrderLedger"]
    assert ledger.address == Plan.of(SOMEBODY)["OrderLedger"].address
    # The EIP-712 domain is in the code, and with it the chain.
    assert ledger.runtime_code(1) != ledger.runtime_code(2)


def test_every_contract_is_within_the_size_that_chains_take(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for planned in Plan.of(SOMEBODY, SOMEBODY).contracts:
        code, init_code = len(planned.runtime_code(1)), len(planned.init_code)
        with capsys.disabled():
            # A figure to be seen in every run, that nobody is surprised by the limit.
            print(f"\n{planned.name:<14} {code:>6} bytes of {CODE_BYTES_MAX}", end="")  # noqa: T201
        assert 0 < code <= CODE_BYTES_MAX
        assert 0 < init_code <= INIT_CODE_BYTES_MAX


def test_proxy_transaction_is_signed_by_nobody_and_brings_the_known_code() -> None:
    assert Account.recover_transaction(PROXY_TRANSACTION) == PROXY_SIGNER
    assert PROXY_CODE in PROXY_TRANSACTION


def test_deployment_is_read_back_from_its_file(tmp_path: Path) -> None:
    DEPLOYMENT.save(tmp_path / "network" / "deployment.json")
    assert Deployment.load(tmp_path / "network" / "deployment.json") == DEPLOYMENT
    assert DEPLOYMENT.order_domain.contract == DEPLOYMENT.order_ledger
    assert DEPLOYMENT.auction_domain.name == "PoolAuction"


def test_addresses_are_read_in_any_spelling_and_kept_in_one() -> None:
    registry = DEPLOYMENT.registry
    spelled = DEPLOYMENT.to_json().replace(
        f'"address": "{registry}', f'"address": "{registry.lower()}'
    )
    assert spelled != DEPLOYMENT.to_json()
    assert Deployment.from_json(spelled) == DEPLOYMENT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"chain_id": 1, "surprise": 2}',
        DEPLOYMENT.to_json().replace('"schema_version": 1', '"schema_version": 2'),
        DEPLOYMENT.to_json().replace("consign/1", "consign/0"),
        DEPLOYMENT.to_json().replace(DEPLOYMENT.registry, "0x12"),
        DEPLOYMENT.to_json()[:-10],
    ],
    ids=["nothing", "empty", "list", "stranger", "schema", "version", "address", "cut"],
)
def test_text_that_is_no_deployment_is_refused(text: str) -> None:
    with pytest.raises(DeploymentFileInvalid, match="the text holds no deployment"):
        Deployment.from_json(text)


def test_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DeploymentFileInvalid, match="FileNotFoundError"):
        Deployment.load(tmp_path / "none.json")


def test_page_on_deploying_gives_the_proxy_as_it_is() -> None:
    page = (SPEC.parents[1] / "docs" / "deploying.md").read_text("utf-8")
    assert f'"{PROXY[2:].lower()}"' in page and f'"0x{PROXY_CODE.hex()}"' in page
    assert PROXY in page and PROXY_SIGNER in page


def test_published_schema_demands_what_the_reader_demands() -> None:
    schema = json.loads((SPEC / "deployment.schema.json").read_text("utf-8"))
    assert set(schema["required"]) == set(json.loads(DEPLOYMENT.to_json()))
    assert schema["properties"]["schema_version"]["const"] == DEPLOYMENT.schema_version
