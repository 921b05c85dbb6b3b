"""A real chain that holds a history of orders, for indexers to read."""

from collections.abc import Iterable
from typing import Final

from benchmarks.operations.stage import DEADLINE_S, TRANSACTION_GAS_MAX, OperationFailed, Stage
from ledger.contracts import encode_submit
from ledger.event import BatchRecorded
from ledger.intent import Batch
from ledger.log import decode_logs
from ledger.role import Role

from .history import Turn, first_events

AGREEMENTS: Final = 4
LARGE: Final = 1_000
SMALL: Final = 50
SMALL_FROM: Final = 1_000_000
"""Orders of the small batches are numbered from here on."""
TOGETHER: Final = 20


async def fill(stage: Stage, large_events: int, small_events: int) -> int:
    """Record a history in large batches and one in small ones; gives the number of events."""
    parties = []
    for _ in range(AGREEMENTS):
        buyer, seller = await stage.admit(Role.BRAND), await stage.admit(Role.SUPPLIER)
        parties.append((buyer, seller, await stage.conclude(buyer, seller)))
    turns = first_events(large_events, AGREEMENTS, LARGE)
    turns += [turn.moved(SMALL_FROM) for turn in first_events(small_events, AGREEMENTS, SMALL)]
    for start in range(0, len(turns), TOGETHER):
        part = turns[start : start + TOGETHER]
        await _send(stage, [_call(stage, turn, parties) for turn in part])
    return await _recorded(stage, turns)


def _call(stage: Stage, turn: Turn, parties: list[tuple[int, int, int]]) -> bytes:
    buyer, seller, agreement = parties[turn.agreement]
    organisation = seller if turn.is_seller else buyer
    domain = stage.deployment.order_domain
    nonce = stage.nonce(domain, organisation)
    digest = nonce.to_bytes(32)
    actions = turn.pack(agreement)
    batch = Batch(organisation, DEADLINE_S, nonce, digest, digest, actions)
    return encode_submit([batch], [stage.sign(domain, batch)])


async def _send(stage: Stage, calls: Iterable[bytes]) -> None:
    """Send transactions together, and wait until all of them are in blocks."""
    client, relay = stage.client, stage.relay
    nonce = await client.nonce(relay.address)
    raw = [
        relay.sign_transaction(
            {
                "chainId": stage.deployment.chain_id,
                "nonce": nonce + place,
                "gas": TRANSACTION_GAS_MAX,
                "maxFeePerGas": 0,
                "maxPriorityFeePerGas": 0,
                "to": stage.deployment.order_ledger,
                "value": 0,
                "data": data,
            }
        )
        for place, data in enumerate(calls)
    ]
    hashes = await client.batch([("eth_sendRawTransaction", ("0x" + each.hex(),)) for each in raw])
    await client.mined(bytes.fromhex(hashes[-1][2:]), 60)


async def _recorded(stage: Stage, turns: list[Turn]) -> int:
    logs = await stage.client.logs([stage.deployment.order_ledger], 0)
    events = decode_logs(logs)
    batches = sum(isinstance(event, BatchRecorded) for event in events)
    if batches != len(turns) or any(type(event).__name__ == "ActionRefused" for event in events):
        raise OperationFailed(f"{batches} of {len(turns)} batches were recorded whole")
    return sum(turn.size for turn in turns)
