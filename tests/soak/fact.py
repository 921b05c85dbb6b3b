"""What was done to what: the same words for what clients, subscribers and the chain say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from ledger.action import unpack_actions
from ledger.client import Client
from ledger.deployment import Deployment
from ledger.event import ActionRefused, BatchRecorded, IntentRecorded
from ledger.lifecycle import row_of
from ledger.log import decode_logs
from ledger.number import agreement_id

Fact = tuple[str, str]
"""For example ``("A1-1-O7", "acknowledge")``."""

RANGE_BLOCKS: Final = 100


def fact_of(told: Mapping[str, Any], action: str) -> Fact:
    """Name the order or delivery of a body, and what was done to it."""
    return str(told.get("delivery") or told["order"]), action


async def facts_on_chain(url: str, deployment: Deployment) -> Counter[Fact]:
    """Count what was recorded, by the chain's logs alone."""
    found: Counter[Fact] = Counter()
    async with Client(url, timeout_s=60) as client:
        head = await client.block_number()
        for first, after in pairwise([*range(0, head + 1, RANGE_BLOCKS), head + 1]):
            logs = await client.logs([deployment.order_ledger], first, after - 1)
            found.update(_facts(list(decode_logs(logs))))
    return found


def _facts(events: list[Any]) -> list[Fact]:
    refused = {
        (event.batch, event.position + place)
        for event in events
        if isinstance(event, ActionRefused)
        for place in range(event.count)
    }
    batches = [event for event in events if isinstance(event, BatchRecorded)]
    actions = [
        action
        for event in batches
        for position, action in enumerate(unpack_actions(event.actions))
        if (event.batch, position) not in refused
    ]
    actions += [event.action for event in events if isinstance(event, IntentRecorded)]
    return [_fact(each.agreement, each.action, each.number) for each in actions]


def _fact(agreement: int, action: int, number: int) -> Fact:
    row = row_of(action)
    letter = "D" if row.machine == "delivery" else "O"
    return f"{agreement_id(agreement)}-{letter}{number}", row.action
