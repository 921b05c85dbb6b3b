"""Calls that a node plays through without recording them, by themselves or one after another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.block import Log
from ledger.client import Client
from ledger.errors import Refused, decode_refusal
from ledger.event import Event
from ledger.log import decode_logs

PLAYS_A_REQUEST = 20
"""So few that a node takes the request, which carries the code of every prop once a play."""


@dataclass(frozen=True)
class Rehearsal:
    """One call, with what differs from the chain: slots of the called contract, block time."""

    sender: str
    to: str
    data: bytes
    storage: Mapping[int, int] = field(default_factory=dict)
    time: int | None = None


@dataclass(frozen=True)
class Move:
    """One call of a play, at its block time, which never goes back."""

    sender: str
    to: str
    data: bytes
    time: int
    gas: int | None = None


@dataclass(frozen=True)
class Prop:
    """What an account of a play is like from the start; without `code`, it keeps its own."""

    code: bytes | None
    storage: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came of a move: what it returned, or the error it reverted with, and its events."""

    is_success: bool
    data: bytes
    logs: tuple[Log, ...]


async def rehearse(client: Client, calls: Sequence[Rehearsal]) -> list[list[Event] | Refused]:
    """Play each call through; gives its events, or why the contract refused."""
    requests = [[_block([_call(one)], one.time, _bent(one))] for one in calls]
    outcomes: list[list[Event] | Refused] = []
    for (answer,) in await _simulate(client, requests):
        refusal = None if answer.is_success else decode_refusal(answer.data)
        outcomes.append(decode_logs(answer.logs) if refusal is None else refusal)
    return outcomes


async def perform(
    client: Client, plays: Sequence[Sequence[Move]], props: Mapping[str, Prop]
) -> list[list[Answer]]:
    """Perform plays, each from the chain as it is; moves at the same time share a block."""
    return await _simulate(client, [_blocks(moves, props) for moves in plays])


async def _simulate(client: Client, requests: Sequence[list[Any]]) -> list[list[Answer]]:
    asked = [({"blockStateCalls": blocks}, "latest") for blocks in requests]
    answers: list[Any] = []
    for start in range(0, len(asked), PLAYS_A_REQUEST):
        part = asked[start : start + PLAYS_A_REQUEST]
        answers += await client.batch([("eth_simulateV1", one) for one in part])
    return [[_answer(call) for block in blocks for call in block["calls"]] for blocks in answers]


def _blocks(moves: Sequence[Move], props: Mapping[str, Prop]) -> list[Any]:
    blocks: list[Any] = []
    overrides = {account: _override(prop) for account, prop in props.items()}
    time: int | None = None
    for move in moves:
        if move.time != time:
            blocks.append(_block([], move.time, overrides))
            time, overrides = move.time, {}
        blocks[-1]["calls"].append(_call(move))
    return blocks


def _override(prop: Prop) -> dict[str, Any]:
    code = {} if prop.code is None else {"code": "0x" + prop.code.hex()}
    return code | {"stateDiff": _words(prop.storage)}


def _block(calls: list[Any], time: int | None, overrides: Mapping[str, Any]) -> dict[str, Any]:
    block = {} if time is None else {"time": hex(time)}
    return {"blockOverrides": block, "stateOverrides": overrides, "calls": calls}


def _bent(one: Rehearsal) -> dict[str, Any]:
    return {one.to: {"stateDiff": _words(one.storage)}} if one.storage else {}


def _call(one: Rehearsal | Move) -> dict[str, str]:
    call = {"from": one.sender, "to": one.to, "data": "0x" + one.data.hex()}
    if isinstance(one, Move) and one.gas is not None:
        call["gas"] = hex(one.gas)
    return call


def _answer(played: Mapping[str, Any]) -> Answer:
    return Answer(
        is_success=int(played["status"], 16) == 1,
        data=bytes.fromhex(played["returnData"][2:]),
        logs=tuple(map(Log.parse, played["logs"])),
    )


def _words(storage: Mapping[int, int]) -> dict[str, str]:
    return {_word(slot): _word(word) for slot, word in storage.items()}


def _word(value: int) -> str:
    return "0x" + value.to_bytes(32).hex()
