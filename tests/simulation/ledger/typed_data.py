"""What keys sign (EIP-712), straight from the shared table of types."""

import json
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.oracles.ledger.table import SPEC

_SPEC: dict[str, Any] = json.loads((SPEC / "intents.json").read_text(encoding="utf-8"))
FIELDS: dict[str, list[tuple[str, str]]] = {
    name: [(field["name"], field["type"]) for field in fields]
    for name, fields in _SPEC["types"].items()
}
CHAIN_ID = 31337


def separator(contract: str, chain_id: int = CHAIN_ID) -> bytes:
    """Give the domain separator of an order ledger."""
    domain = _SPEC["domains"]["OrderLedger"] | {"chainId": chain_id, "verifyingContract": contract}
    return _hash("EIP712Domain", domain)


def digest(domain: bytes, kind: str, fields: dict[str, Any]) -> bytes:
    """Give what a key signs for a batch, an intent or a step."""
    return keccak(b"\x19\x01" + domain + _hash(kind, fields))


def values(kind: str, fields: dict[str, Any]) -> tuple[Any, ...]:
    """Give the fields in the order of their struct."""
    return tuple(fields[name] for name, _ in FIELDS[kind])


def _hash(kind: str, fields: dict[str, Any]) -> bytes:
    members = ",".join(f"{solidity} {name}" for name, solidity in FIELDS[kind])
    types, words = ["bytes32"], [keccak(f"{kind}({members})".encode())]
    for name, solidity in FIELDS[kind]:
        is_word = solidity not in ("bytes", "string") and not solidity.endswith("]")
        types.append(solidity if is_word else "bytes32")
        words.append(fields[name] if is_word else _digested(solidity, fields[name]))
    return keccak(encode(types, words))


def _digested(solidity: str, value: Any) -> bytes:
    if solidity == "string":
        return keccak(value.encode())
    return keccak(value if solidity == "bytes" else encode([solidity], [value]))
