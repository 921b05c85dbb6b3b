"""What a batch may need at most is enough on the real contract, whatever becomes of its actions."""

import pytest

from ledger.action import Action, pack_actions
from ledger.client import Client
from ledger.contracts import encode_submit
from ledger.embedded import EmbeddedChain
from ledger.event import ActionRefused
from ledger.gas import TRANSACTION_GAS, bound_of
from ledger.intent import Batch
from ledger.log import decode_logs
from tests.agreement.court import Court, convene
from tests.chain import FAR_FUTURE_S, with_client

ISSUE, CONFIRM, ANNOUNCE, SETTLE = 1, 4, 32, 42
COUNT = 1000

BATCHES: dict[str, tuple[str, list[tuple[int, int, int]], int]] = {
    "one new order": ("buyer", [(ISSUE, 1, 0)], 0),
    "new orders, scattered": ("buyer", [(ISSUE, 64 * n, 0) for n in range(300)], 0),
    "new orders, in a run": ("buyer", [(ISSUE, n, 0) for n in range(COUNT)], 0),
    "orders refused for their state": ("seller", [(CONFIRM, 0, 0)] * COUNT, COUNT),
    "orders refused for the seat": ("buyer", [(CONFIRM, 0, 0)] * COUNT, 1),
    "deliveries refused for their state": ("seller", [(SETTLE, 0, 0)] * COUNT, COUNT),
    "deliveries refused for their order": (
        "seller",
        [(ANNOUNCE, n % 2 * 64, n % 2 * 64) for n in range(COUNT)],
        COUNT,
    ),
    "records of one action": (
        "seller",
        [(CONFIRM + n % 2, 64 * (n % 2), 0) for n in range(COUNT)],
        COUNT,
    ),
}
"""Who acts, what on, and how many refusals the ledger logs."""


@pytest.mark.parametrize("name", BATCHES)
def test_bound_of_a_batch_is_enough(bent_chain: EmbeddedChain, name: str) -> None:
    async def trial(client: Client) -> None:
        court = await convene(client)
        seat, steps, refusals = BATCHES[name]
        actions = [Action(court.agreement, *step) for step in steps]
        used = await gas_of(court, seat, actions, refusals)
        assert used <= bound_of(actions) + TRANSACTION_GAS

    with_client(bent_chain, trial)


async def gas_of(court: Court, seat: str, actions: list[Action], refusals: int) -> int:
    """Submit a batch under a nonce whose word is new; gives what its transaction used."""
    packed = pack_actions(actions)
    nonce = 1 << 200
    batch = Batch(court.organisations[seat], FAR_FUTURE_S, nonce, b"\1" * 32, b"\2" * 32, packed)
    data = encode_submit([batch], [court.network.sign(batch)])
    receipt = await court.network.send(court.network.council, court.ledger, data)
    assert receipt.is_success
    refused = [one for one in decode_logs(receipt.logs) if isinstance(one, ActionRefused)]
    assert len(refused) == refusals
    return receipt.gas_used
