"""Writes the vectors of batches: streams of actions as they are read, and signed batches with one.

Run it when the layout of a stream changes: ``python -m tests.agreement.make_batch_vectors``. It
takes the plain reader of the tests and eth-account's digests, and nothing of ours but the tables.
"""

import json
from typing import Any, Final

from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak

from ledger.spec import SPEC, read_json
from tests.oracles.actions import read_stream

KEY: Final = keccak(b"Consign vectors")
CURVE_ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
HERE: Final = "00 0000000100000007 "
"""The records that follow are in agreement A1-7."""

STREAMS: Final = {
    "empty": "",
    "list of one": HERE + "04 0001 00000009",
    "list": HERE + "04 0003 00000009 00000005 00000007",
    "run": HERE + "81 0005 00000001",
    "run of one": HERE + "84 0001 00000001",
    "opening list": HERE + "20 0002 00000003 00000009 00000004 00000009",
    "opening run": HERE + "a0 0002 00000003 00000009",
    "run of deliveries that opens none": HERE + "a3 0003 00000003",
    "runs and lists in two agreements": HERE
    + "81 0005 00000001 04 0002 00000002 00000005 00 0000000200000001 22 0001 00000001 00000004",
    "no agreement named": "04 0001 00000001",
    "unknown action": HERE + "7f 0001 00000001",
    "action 0 as a run": HERE + "80 0002 00000001",
    "run to the last number": HERE + "84 0002 fffffffe",
    "agreement cut short": "00 00000001000000",
    "head cut short": HERE + "04 00",
    "list without numbers": HERE + "04 0001",
    "list cut short": HERE + "04 0001 00000001 04 0002 00000001 0000",
    "run cut short": HERE + "84 0002 000000",
    "opening list cut short": HERE + "20 0001 00000003 000000",
    "opening run cut short": HERE + "a0 0002 00000003",
    "list of none": HERE + "04 0001 00000001 04 0000",
    "run of none": HERE + "84 0000 00000001",
    "run of 2,049": HERE + "84 0801 00000001",
    "list of 2,049": HERE + "04 0801" + "00000001" * 2_049,
    "run past the last number": HERE + "84 0002 ffffffff",
    "run past the last order": HERE + "a0 0002 00000001 ffffffff",
}


def stream_vectors() -> dict[str, Any]:
    """Give every stream with the actions read from it, and where it cannot be read."""
    streams = []
    for name, spelled in STREAMS.items():
        data = bytes.fromhex(spelled)
        steps, offset = read_stream(data)
        read = [[str(field) for field in step] for step in steps]
        streams.append(
            {"name": name, "actions": "0x" + data.hex(), "read": read, "malformedAt": offset}
        )
    return {
        "fields": ["agreement", "action", "number", "order"],
        "streams": streams,
    }


def batch_vectors(vectors: dict[str, Any]) -> dict[str, Any]:
    """Sign every batch of the vectors anew, with a stream of today's layout where it had one."""
    stream = "0x" + bytes.fromhex(STREAMS["runs and lists in two agreements"]).hex()
    for case in vectors["valid"] + vectors["invalidMessages"]:
        if case["message"]["actions"].startswith("0x00"):
            case["message"]["actions"] = stream
    for case in vectors["valid"]:
        case["digest"], case["signature"] = signed(case)
    vectors["signer"] = Account.from_key(KEY).address
    typical = vectors["valid"][0]
    bent = bent_signatures(bytes.fromhex(typical["signature"][2:]))
    vectors["invalidSignatures"] = [
        {"name": name, "digest": typical["digest"], "signature": "0x" + signature.hex()}
        for name, signature in bent.items()
    ]
    return vectors


def signed(case: dict[str, Any]) -> tuple[str, str]:
    """Give digest and signature of a batch."""
    table = read_json("intents.json")
    types = table["types"]["Batch"]
    message = {
        one["name"]: int(case["message"][one["name"]])
        if one["type"].startswith("uint")
        else bytes.fromhex(case["message"][one["name"]][2:])
        for one in types
    }
    place = {"chainId": case["chainId"], "verifyingContract": case["contract"]}
    encoded = encode_typed_data(
        full_message={
            "types": {name: table["types"][name] for name in ("EIP712Domain", "Batch")},
            "primaryType": "Batch",
            "domain": table["domains"]["OrderLedger"] | place,
            "message": message,
        }
    )
    signature = Account.sign_message(encoded, KEY)
    return "0x" + signature.message_hash.hex(), "0x" + signature.signature.hex()


def bent_signatures(good: bytes) -> dict[str, bytes]:
    """Give signatures that nobody may take, each one change away from a good one."""
    high = CURVE_ORDER - int.from_bytes(good[32:64])
    return {
        "s flipped to the upper half": good[:32] + high.to_bytes(32) + bytes([55 - good[64]]),
        "v 0 or 1": good[:64] + bytes([good[64] - 27]),
        "64-byte form": good[:32]
        + (int.from_bytes(good[32:64]) | (good[64] - 27) << 255).to_bytes(32),
        "66 bytes": good + b"\0",
        "empty": b"",
        "r zero": bytes(32) + good[32:],
        "s zero": good[:32] + bytes(32) + good[64:],
        "r above the order": CURVE_ORDER.to_bytes(32) + good[32:],
    }


def main() -> None:
    """Write both files."""
    batches = batch_vectors(read_json("vectors/intent_batch.json"))
    for name, vectors in (("action_stream", stream_vectors()), ("intent_batch", batches)):
        path = SPEC / "vectors" / f"{name}.json"
        path.write_text(json.dumps(vectors, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
