"""Calls that a node plays through without recording them, each by itself, on storage as wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ledger.block import Log
from ledger.client import Client
from ledger.errors import Refused, decode_refusal
from ledger.event import Event
from ledger.log import decode_logs


@dataclass(frozen=True)
class Rehearsal:
    """One call, with what differs from the chain: slots of the called contract, block time."""

    sender: str
    to: str
    data: bytes
    storage: Mapping[int, int] = field(default_factory=dict)
    time: int | None = None


async def rehearse(client: Client, calls: Sequence[Rehearsal]) -> list[list[Event] | Refused]:
    """Play each call through; gives its events, or why the contract refused."""
    answers = await client.batch([("eth_simulateV1", [_request(one), "latest"]) for one in calls])
    outcomes: list[list[Event] | Refused] = []
    for (block,) in answers:
        (played,) = block["calls"]
        if int(played["status"], 16) == 1:
            outcomes.append(decode_logs(map(Log.parse, played["logs"])))
        else:
            outcomes.append(decode_refusal(bytes.fromhex(played["returnData"][2:])))
    return outcomes


def _request(one: Rehearsal) -> dict[str, object]:
    difference = {_word(slot): _word(word) for slot, word in one.storage.items()}
    call = {"from": one.sender, "to": one.to, "data": "0x" + one.data.hex()}
    overrides = {one.to: {"stateDiff": difference}} if difference else {}
    block = {} if one.time is None else {"time": hex(one.time)}
    return {
        "blockStateCalls": [{"blockOverrides": block, "stateOverrides": overrides, "calls": [call]}]
    }


def _word(value: int) -> str:
    return "0x" + value.to_bytes(32).hex()
