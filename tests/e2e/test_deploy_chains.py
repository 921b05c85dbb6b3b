"""`consign deploy` on chains that lack, refuse or give away what others have."""

from pathlib import Path

import pytest

from ledger.deployment_proxy import PROXY_COST, PROXY_SIGNER
from tests.deployer import Deployer
from tests.foreign_chain import COINS, ChoosyNode, ask, endow, foreign_chain

CONTRACTS = 3
FREE = ("--base-fee", "0", "--gas-price", "0")


@pytest.fixture
def deployer(tmp_path: Path) -> Deployer:
    return Deployer(tmp_path)


def test_node_that_refuses_the_proxys_transaction_is_told_of(deployer: Deployer) -> None:
    with foreign_chain("--no-create2") as url:
        endow(url, deployer.key.address)
        node = ChoosyNode(url, is_protective=True)
        with node.serving() as choosy:
            refused = deployer.deploy(choosy)
        assert refused.exit_code == 1
        assert "DeploymentProxyMissing" in refused.output
        assert "only replay-protected (EIP-155) transactions allowed over RPC" in refused.output
        assert "--rpc.allow-unprotected-txs" in refused.output

        # The coins that its signer was given are not given twice.
        assert deployer.deploy(url).exit_code == 0
        spent = COINS - int(ask(url, "eth_getBalance", deployer.key.address, "latest"), 16)
        assert PROXY_COST <= spent < 2 * PROXY_COST + COINS // 100


def test_node_that_refuses_old_transactions_serves_a_chain_that_has_the_proxy(
    deployer: Deployer,
) -> None:
    with foreign_chain() as url:
        endow(url, deployer.key.address)
        with ChoosyNode(url, is_protective=True).serving() as choosy:
            assert deployer.deploy(choosy).exit_code == 0


def test_account_without_coins_deploys_where_gas_is_free(deployer: Deployer) -> None:
    with foreign_chain(*FREE) as url:
        done = deployer.deploy(url)
        assert done.exit_code == 0, done.output
        assert "0.000000 coins in all" in done.output
        assert int(ask(url, "eth_getBalance", deployer.key.address, "latest"), 16) == 0


def test_free_chain_without_proxy_needs_coins_for_its_signer(deployer: Deployer) -> None:
    with foreign_chain(*FREE, "--no-create2") as url:
        poor = deployer.deploy(url)
        assert poor.exit_code == 1
        assert "DeploymentProxyMissing" in poor.output and PROXY_SIGNER in poor.output
        assert "genesis" in poor.output
        endow(url, PROXY_SIGNER, PROXY_COST)
        assert deployer.deploy(url).exit_code == 0


def test_proxys_transaction_that_was_spent_in_vain_is_told_of(deployer: Deployer) -> None:
    with foreign_chain("--no-create2") as url:
        endow(url, deployer.key.address)
        ask(url, "anvil_setNonce", PROXY_SIGNER, "0x1")
        done = deployer.deploy(url)
    assert done.exit_code == 1 and "has spent its one transaction in vain" in done.output


def test_proxy_is_not_tried_while_gas_costs_more_than_it_offers(deployer: Deployer) -> None:
    with foreign_chain("--no-create2", "--base-fee", str(200 * 10**9)) as url:
        endow(url, deployer.key.address)
        done = deployer.deploy(url)
        assert done.exit_code == 1 and "more now than the 100 gwei" in done.output
        assert deployer.nonce(url) == 0


@pytest.mark.parametrize("coins", [COINS, 0], ids=["paid", "free"])
def test_chain_without_base_fees_is_paid_at_one_price(deployer: Deployer, coins: int) -> None:
    with foreign_chain(*(() if coins else FREE)) as url:
        endow(url, deployer.key.address, coins)
        node = ChoosyNode(url, is_old=True)
        with node.serving() as old:
            done = deployer.deploy(old)
        assert done.exit_code == 0, done.output
        assert len(node.sent) == CONTRACTS


def test_chain_with_an_old_machine_is_refused_by_name(deployer: Deployer) -> None:
    with foreign_chain("--hardfork", "london") as url:
        endow(url, deployer.key.address)
        done = deployer.deploy(url)
        assert done.exit_code == 1
        assert "DeploymentRefused" in done.output and "Prague" in done.output
        assert deployer.nonce(url) == 0
