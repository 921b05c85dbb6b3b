"""What the chain remembers of the network's contracts, in the order in which it happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ledger.block import Log
from ledger.client import Call, Client
from ledger.deployment import Deployment
from ledger.event import Event
from ledger.log import decode_logs

BLOCKS_PER_REQUEST = 5_000


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction that carried something to a contract.

    Parameters
    ----------
    sender, to : str
        Addresses, lower case; `to` is empty where a contract was created.
    data : bytes
        The calldata.
    """

    sender: str
    to: str
    data: bytes


@dataclass(frozen=True, slots=True)
class History:
    """Everything that is needed of the chain, read once.

    Parameters
    ----------
    events : tuple of Event
        Events of registry and ledger, in chain order.
    transactions : dict
        Transactions that emitted them, by hash.
    times_s : dict
        Unix time of each block that has an event, by number.
    """

    events: tuple[Event, ...]
    transactions: dict[bytes, Transaction]
    times_s: dict[int, int]


async def read_history(client: Client, deployment: Deployment) -> History:
    """Read all events of registry and ledger with the transactions that carried them.

    Raises
    ------
    Unreachable
        If the chain does not answer.
    """
    logs: list[Log] = []
    head = await client.block_number()
    addresses = [deployment.registry, deployment.order_ledger]
    for first in range(deployment.block, head + 1, BLOCKS_PER_REQUEST):
        logs += await client.logs(addresses, first, min(first + BLOCKS_PER_REQUEST - 1, head))
    events = tuple(decode_logs(logs))
    hashes = list(dict.fromkeys(event.tx_hash for event in events))
    asked: list[Call] = [("eth_getTransactionByHash", ("0x" + each.hex(),)) for each in hashes]
    answers = await client.batch(asked)
    numbers = list(dict.fromkeys(event.block_number for event in events))
    blocks = await client.blocks(numbers)
    return History(
        events=events,
        transactions={
            hash_: _transaction(answer)
            for hash_, answer in zip(hashes, answers, strict=True)
            if answer is not None
        },
        times_s={
            number: block.timestamp
            for number, block in zip(numbers, blocks, strict=True)
            if block is not None
        },
    )


def _transaction(answer: dict[str, Any]) -> Transaction:
    return Transaction(
        sender=answer["from"].lower(),
        to=(answer["to"] or "").lower(),
        data=bytes.fromhex(answer["input"][2:]),
    )
