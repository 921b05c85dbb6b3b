"""Documents recorded on a chain, and the proofs of it, for tests and vectors."""

from dataclasses import dataclass
from hashlib import sha256

from ledger.action import Action, list_record, pack_actions
from ledger.action import agreement_record as agreement_of
from ledger.block import Receipt
from ledger.client import Client
from ledger.contracts import encode_submit, encode_submit_intents
from ledger.document.manifest import documents_root, prove_inclusion
from ledger.document.proof import commit_fields
from ledger.inclusion import Inclusion
from ledger.intent import ZERO, Batch, Intent
from ledger.proving import Place, prove_place
from ledger.role import Role
from tests.chain import FAR_FUTURE_S, Network, found

ISSUE, CONFIRM = 1, 4
ORDERS = 40
SEED = b"\5" * 32
FIELDS = {"document_type": "Notice", "id": "N-1", "reason": "frost", "schema_version": 2}
POSITION = 17
COMMITMENTS = [
    commit_fields(FIELDS, SEED).root if n == POSITION else sha256(b"%d" % n).digest()
    for n in range(ORDERS)
]


@dataclass(frozen=True)
class Story:
    """What was recorded, and where."""

    brand: int
    ledger: str
    agreement: int
    batch: Inclusion
    refused: Inclusion
    intent: Inclusion
    block_hash: bytes
    blocks: dict[str, bytes]


async def recorded(url: str) -> Story:
    """Record two batches, of which one is refused in part, and an intent."""
    async with Client(url) as client:
        trial = await found(client)
        brand, supplier = await trial.admit(), await trial.admit(Role.SUPPLIER)
        agreement = await trial.agreement((brand, supplier, 0, 0, 0))
        issued = [Action(agreement, ISSUE, number) for number in range(ORDERS)]
        first = await _submit(trial, brand, pack_actions(issued))
        # Every other of these orders was never issued; the ledger refuses to confirm it.
        listed = [Action(agreement, CONFIRM, n if n % 2 else n + 900) for n in range(ORDERS)]
        second = await _submit(trial, supplier, agreement_of(agreement) + list_record(listed))
        alone = Intent(
            supplier, agreement, CONFIRM, 0, 0, FAR_FUTURE_S, trial.nonce(), COMMITMENTS[POSITION]
        )
        data = encode_submit_intents([alone], [trial.sign(alone)])
        third = await trial.send(trial.council, trial.deployment.order_ledger, data)
        proofs = {
            "batch": await _proven(client, first, POSITION),
            "refused": await _proven(client, second, 16),
            "intent": await _proven(client, third, None),
        }
        return Story(
            brand,
            trial.deployment.order_ledger,
            agreement,
            block_hash=first.logs[0].block_hash,
            blocks={"intent": third.logs[0].block_hash, "refused": second.logs[0].block_hash},
            **proofs,
        )


async def _submit(trial: Network, organisation: int, actions: bytes) -> Receipt:
    root = documents_root(COMMITMENTS)
    batch = Batch(organisation, FAR_FUTURE_S, trial.nonce(), root, ZERO, actions)
    data = encode_submit([batch], [trial.sign(batch)])
    receipt = await trial.send(trial.council, trial.deployment.order_ledger, data)
    assert receipt.is_success
    return receipt


async def _proven(client: Client, receipt: Receipt, position: int | None) -> Inclusion:
    log = receipt.logs[-1]
    siblings = () if position is None else prove_inclusion(COMMITMENTS, position).siblings
    commitment = COMMITMENTS[POSITION if position is None else position]
    place = Place(log.block_hash, log.log_index, commitment, position or 0, siblings)
    return await prove_place(client, place)
