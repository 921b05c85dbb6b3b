"""What happened in a small network on a chain, and the archive of it, for tests."""

from dataclasses import dataclass, field
from pathlib import Path

from ledger.action import Action, list_record, pack_actions
from ledger.action import agreement_record as agreement_of
from ledger.archive.export import export
from ledger.archive.network import Network
from ledger.client import Client
from ledger.contracts import encode_submit, encode_submit_intents
from ledger.deployment import Deployment
from ledger.embedded import EmbeddedChain
from ledger.intent import ZERO, Batch, Intent
from ledger.role import Role
from tests.chain import FAR_FUTURE_S, found
from tests.chain import Network as Trial

ISSUE, CONFIRM, DESPATCH, RECEIVE = 1, 4, 34, 35
ORDERS = 100


@dataclass(frozen=True)
class Story:
    """What happened on a chain, and the archive of it.

    Parameters
    ----------
    events : int
        How many facts the story has: two steps of an agreement among them.
    """

    url: str
    deployment: Deployment = field(repr=False)
    path: Path
    head: bytes
    events: int

    @property
    def network(self) -> Network:
        """The network that it happened in."""
        return Network.of(self.deployment)


async def told(chain: EmbeddedChain, path: Path) -> Story:
    """Let orders be issued, confirmed in part, delivered in part, and some of it be refused."""
    async with Client(chain.url) as client:
        trial = await found(client)
        brand, supplier = await trial.admit(), await trial.admit(Role.SUPPLIER)
        agreement = await trial.agreement((brand, supplier, 0, 0, 0))
        issued = [Action(agreement, ISSUE, number) for number in range(ORDERS)]
        await _submit(trial, brand, pack_actions(issued))
        # A list whose every other order was issued; those that were not are refused.
        mixed = [
            Action(agreement, CONFIRM, number // 2 + number % 2 * 1000) for number in range(60)
        ]
        await _submit(trial, supplier, agreement_of(agreement) + list_record(mixed))
        sent = [Action(agreement, DESPATCH, number, number) for number in range(20)]
        got = [Action(agreement, RECEIVE, number) for number in range(20)]
        await _submit(trial, supplier, pack_actions(sent))
        await _submit(trial, brand, pack_actions(got))
        intents = [_intent(trial, supplier, agreement, number) for number in (40, 40, 41)]
        data = encode_submit_intents(intents, list(map(trial.sign, intents)))
        await trial.send(trial.council, trial.deployment.order_ledger, data)
        head = await export(client, Network.of(trial.deployment), path)
        events = 2 + ORDERS + 30 + 20 + 20 + 2
        return Story(chain.url, trial.deployment, path, head.hash, events)


async def _submit(trial: Trial, organisation: int, actions: bytes) -> None:
    batch = Batch(organisation, FAR_FUTURE_S, trial.nonce(), b"\1" * 32, ZERO, actions)
    data = encode_submit([batch], [trial.sign(batch)])
    receipt = await trial.send(trial.council, trial.deployment.order_ledger, data)
    assert receipt.is_success


def _intent(trial: Trial, organisation: int, agreement: int, number: int) -> Intent:
    nonce = trial.nonce()
    return Intent(organisation, agreement, CONFIRM, number, 0, FAR_FUTURE_S, nonce, b"\2" * 32)
