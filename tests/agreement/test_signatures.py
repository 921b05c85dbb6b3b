"""The contract and Python refuse the same signatures."""

from collections.abc import Callable

from ledger.client import Client
from ledger.contracts import encode_submit
from ledger.embedded import EmbeddedChain
from ledger.errors import Refused, SignatureMalformed, decode_refusal
from ledger.event import BatchRecorded, IntentRefused
from ledger.intent import ZERO, Batch, digest
from ledger.key import recover
from tests.chain import FAR_FUTURE_S, found, with_client
from tests.rehearsal import Rehearsal, rehearse

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def flipped(signature: bytes) -> bytes:
    """The other signature of the same digest: s in the upper half."""
    high = ORDER - int.from_bytes(signature[32:64])
    return signature[:32] + high.to_bytes(32) + bytes([55 - signature[64]])


BENT: dict[str, Callable[[bytes], bytes]] = {
    "high s": flipped,
    "v below 27": lambda good: good[:64] + bytes([good[64] - 27]),
    "v above 28": lambda good: good[:64] + b"\x1d",
    "64 bytes": lambda good: good[:64],
    "66 bytes": lambda good: good + b"\0",
    "19 bytes": lambda good: good[:19],
    "r zero": lambda good: bytes(32) + good[32:],
    "s zero": lambda good: good[:32] + bytes(32) + good[64:],
    "r above the order": lambda good: ORDER.to_bytes(32) + good[32:],
}


def test_bent_signatures_are_refused_by_contract_and_python(bent_chain: EmbeddedChain) -> None:
    async def trial(client: Client) -> None:
        network = await found(client)
        batch = Batch(await network.admit(), FAR_FUTURE_S, 1, ZERO, ZERO, b"")
        ledger, good = network.deployment.order_ledger, network.sign(batch)
        bent = {"good": good} | {name: bend(good) for name, bend in BENT.items()}
        calls = [
            Rehearsal(network.council.address, ledger, encode_submit([batch], [signature]))
            for signature in bent.values()
        ]
        outcomes = dict(zip(bent, await rehearse(client, calls), strict=True))

        signed = digest(network.deployment.order_domain, batch)
        for name, outcome in outcomes.items():
            assert not isinstance(outcome, Refused)
            (event,) = outcome
            if name == "good":
                assert isinstance(event, BatchRecorded)
                assert recover(signed, good) == network.keys[batch.organisation].address
            else:
                assert isinstance(event, IntentRefused), name
                assert decode_refusal(event.problem).name == "IntentSignatureInvalid", name
                assert is_refused(signed, bent[name]), name

    with_client(bent_chain, trial)


def is_refused(signed: bytes, signature: bytes) -> bool:
    try:
        recover(signed, signature)
    except SignatureMalformed:
        return True
    return False
