from pathlib import Path

import pytest

from ledger.client import Client
from ledger.deployment import PROXY, Deployment, deploy, require_deployment
from ledger.embedded import EmbeddedChain
from ledger.errors import Corrupt, DeploymentAbsent
from ledger.key import SigningKey
from ledger.view import read_agreement, read_auction, read_bid, read_organisation, read_view
from tests.chain import found

SOMEBODY = "0x52908400098527886E0F7030069857D2E4169EE7"
DEPLOYMENT = Deployment(31337, SOMEBODY, SOMEBODY, SOMEBODY, None, 5)


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


async def test_chain_without_the_deployment_proxy_is_refused(own_chain: EmbeddedChain) -> None:
    async with Client(own_chain.url) as client:
        await client.call("anvil_setCode", PROXY, "0x")
        with pytest.raises(DeploymentAbsent, match=PROXY):
            await deploy(client, SigningKey.create(), SOMEBODY)


async def test_absent_contracts_are_refused(shared_chain: EmbeddedChain) -> None:
    async with Client(shared_chain.url) as client:
        with pytest.raises(DeploymentAbsent, match=SOMEBODY):
            await require_deployment(client, DEPLOYMENT)
        with pytest.raises(DeploymentAbsent, match=SOMEBODY):
            await read_view(client, SOMEBODY, "OrgRegistry.owner")


async def test_contracts_of_another_chain_are_refused(shared_chain: EmbeddedChain) -> None:
    async with Client(shared_chain.url) as client:
        deployment = await deploy(client, SigningKey.create(), SOMEBODY)
        elsewhere = Deployment.from_json(deployment.to_json().replace("31337", "1"))
        with pytest.raises(DeploymentAbsent):
            await require_deployment(client, elsewhere)


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


def test_deployment_is_read_back_from_its_file(tmp_path: Path) -> None:
    DEPLOYMENT.save(tmp_path / "network" / "deployment.json")
    assert Deployment.load(tmp_path / "network" / "deployment.json") == DEPLOYMENT
    assert DEPLOYMENT.order_domain.contract == DEPLOYMENT.order_ledger
    assert DEPLOYMENT.auction_domain.name == "PoolAuction"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"chain_id": 1, "surprise": 2}'])
def test_text_that_is_no_deployment_is_corrupt(text: str) -> None:
    with pytest.raises(Corrupt):
        Deployment.from_json(text)
