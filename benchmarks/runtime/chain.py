"""What stands on the chain in the end, read from the node and not from any gateway."""

from collections import Counter
from itertools import pairwise

from benchmarks.runtime.ear import Key
from benchmarks.runtime.town import Town
from ledger.action import unpack_actions
from ledger.client import Client
from ledger.event import ActionRefused, BatchRecorded, IntentRecorded
from ledger.lifecycle import row_of
from ledger.log import decode_logs
from ledger.number import agreement_id

RANGE_BLOCKS = 50


async def facts_on_chain(place: Town) -> Counter[Key]:
    """Count how often each action was recorded on each order and delivery."""
    found: Counter[Key] = Counter()
    watched = [place.deployment.order_ledger]
    async with Client(place.chain_url, timeout_s=120) as client:
        head = await client.block_number()
        for first, after in pairwise([*range(0, head + 1, RANGE_BLOCKS), head + 1]):
            refused: set[tuple[bytes, int]] = set()
            for event in decode_logs(await client.logs(watched, first, after - 1)):
                if isinstance(event, ActionRefused):
                    positions = range(event.position, event.position + event.count)
                    refused |= {(event.batch, position) for position in positions}
                elif isinstance(event, BatchRecorded):
                    for position, action in enumerate(unpack_actions(event.actions)):
                        if (event.batch, position) not in refused:
                            found[_key(action.agreement, action.action, action.number)] += 1
                elif isinstance(event, IntentRecorded):
                    action = event.action
                    found[_key(action.agreement, action.action, action.number)] += 1
    return found


def _key(agreement: int, action: int, number: int) -> Key:
    row = row_of(action)
    letter = "D" if row.machine == "delivery" else "O"
    return f"{agreement_id(agreement)}-{letter}{number}", row.action
