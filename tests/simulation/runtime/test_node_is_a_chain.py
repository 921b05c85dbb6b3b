"""The simulated chain tells of a transaction what a real one tells: byte for byte."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.client import Client
from tests.chain import Network, found
from tests.simulation.bare_chain import BareChain, bare_chain
from tests.simulation.runtime.node.chain import Chain, begun
from tests.simulation.runtime.node.contract import Contracts, new_ledger
from tests.simulation.runtime.traffic import Traffic

BLOCKS = 60
BLOCK = 5


@pytest.fixture(scope="module")
def real() -> Iterator[BareChain]:
    """A real chain, which no loop runs yet."""
    with bare_chain() as chain:
        yield chain


@pytest.mark.parametrize("seed", [1, 2])
async def test_simulated_and_real_chain_tell_the_same_of_random_traffic(
    real: BareChain, seed: int
) -> None:
    network = await _founded(real)
    async with network.client as client:
        contracts = Contracts(network.deployment)
        ledger = new_ledger(network.council.address)
        model = begun(contracts, network.deployment.chain_id, ledger, 0)
        rng = random.Random(seed)
        traffic = Traffic(network.deployment, network.council, rng, ledger)
        council = network.council.address
        traffic.nonces[council] = await client.nonce(council)
        raws = traffic.found()
        for _ in range(BLOCKS):
            await _compare(client, model, raws)
            state = model.head.restored().ledger
            raws = [traffic.next(state, model.head.timestamp) for _ in range(BLOCK)]
        _require_variety(model)


async def _founded(real: BareChain) -> Network:
    async with real.mining():
        return await found(Client(real.url))


async def _compare(client: Client, model: Chain, raws: list[bytes]) -> None:
    """Let both make a block of these transactions, in the order that the real one chose."""
    by_hash = {"0x" + (await client.send_raw(raw)).hex(): raw for raw in raws}
    await client.call("evm_mine")
    block = await client.call("eth_getBlockByNumber", "latest", False)
    assert set(block["transactions"]) == set(by_hash)
    chosen = [by_hash[tx_hash] for tx_hash in block["transactions"]]
    made = model.mine_these(int(block["timestamp"], 16), chosen)
    for receipt, included in zip(made.receipts, made.included, strict=True):
        tx_hash = receipt["transactionHash"]
        told = await client.call("eth_getTransactionReceipt", tx_hash)
        for name in ("status", "from", "to", "transactionIndex"):
            assert told[name] == receipt[name], name
        assert list(map(_plain, told["logs"])) == list(map(_plain, receipt["logs"]))
        if included.outcome.problem is not None:
            trace = await client.call("debug_traceTransaction", tx_hash)
            assert trace["returnValue"].removeprefix("0x") == included.outcome.problem.hex()
    assert block["logsBloom"] == made.header["logsBloom"]


def _plain(log: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(log[name] for name in ("address", "topics", "data", "logIndex", "transactionHash"))


def _require_variety(model: Chain) -> None:
    """Traffic without refusals, or without records, would show nothing."""
    outcomes = [one.outcome for block in model.blocks for one in block.included]
    names = {name for outcome in outcomes for name, _ in outcome.facts}
    assert {"BatchRecorded", "IntentRecorded", "AgreementStepped"} <= names
    assert {"ActionRefused", "IntentRefused", "KeySet", "EndpointSet"} <= names
    assert sum(outcome.problem is not None for outcome in outcomes) >= BLOCKS // 4
