"""Transactions, kept as the bytes that their block commits to."""

from dataclasses import dataclass
from typing import Any, Final, Self

from eth_hash.auto import keccak

from ledger.archive import rlp
from ledger.errors import Corrupt, SignatureMalformed
from ledger.key import recover

_LIST: Final = 0xC0
_FEES: Final = ("maxPriorityFeePerGas", "maxFeePerGas")
_CALL: Final = ("gas", "to", "value", "input")
_SIGNATURE: Final = ("yParity", "r", "s")
_FIELDS: Final[dict[int, tuple[str, ...]]] = {
    0: ("nonce", "gasPrice", *_CALL, "v", "r", "s"),
    1: ("chainId", "nonce", "gasPrice", *_CALL, "accessList", *_SIGNATURE),
    2: ("chainId", "nonce", *_FEES, *_CALL, "accessList", *_SIGNATURE),
    3: (
        *("chainId", "nonce", *_FEES, *_CALL, "accessList"),
        *("maxFeePerBlobGas", "blobVersionedHashes", *_SIGNATURE),
    ),
    4: ("chainId", "nonce", *_FEES, *_CALL, "accessList", "authorizationList", *_SIGNATURE),
}
"""Fields of each type of transaction (EIP-2718), in their order, as JSON-RPC names them."""

_AUTHORISATION: Final = ("chainId", "address", "nonce", *_SIGNATURE)
_DATA_FIELDS: Final = frozenset({"to", "input", "address"})


@dataclass(frozen=True, slots=True)
class Transaction:
    """What a transaction asked for.

    Parameters
    ----------
    to : bytes
        Address of the contract; empty where one was created.
    data : bytes
        The calldata.
    """

    raw: bytes
    to: bytes
    data: bytes

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a transaction.

        Raises
        ------
        Corrupt
            When it is none, or of a type that is not known here.
        """
        kind, fields = _parts(raw)
        names = _FIELDS[kind]
        return cls(
            raw=raw,
            to=rlp.as_bytes(fields[names.index("to")]),
            data=rlp.as_bytes(fields[names.index("input")]),
        )

    @property
    def hash(self) -> bytes:
        """The hash by which everybody knows it."""
        return keccak(self.raw)

    def sender(self) -> str:
        """Tell who signed it, in lower case; empty when nobody did."""
        kind, fields = _parts(self.raw)
        v, r, s = (rlp.as_number(field) for field in fields[-3:])
        signed = fields[:-3]
        try:
            if kind == 0 and v not in (27, 28):
                # EIP-155: the chain's number is mixed into v, and stands where the signature will.
                signed = [*signed, rlp.to_bytes((v - 35) // 2), b"", b""]
                v = 27 + (v - 35) % 2
            elif kind:
                v += 27
            prefix = bytes([kind]) if kind else b""
            signature = r.to_bytes(32) + s.to_bytes(32) + bytes([v])
            return recover(keccak(prefix + rlp.encode(signed)), signature).lower()
        except (SignatureMalformed, OverflowError, ValueError):
            return ""


def transaction_bytes(answer: dict[str, Any]) -> bytes:
    """Spell the transaction of a node's answer.

    Raises
    ------
    Corrupt
        When it is of a type that is not known here.
    """
    kind = int(answer.get("type") or "0x0", 16)
    if kind not in _FIELDS:
        raise Corrupt(problem=f"a transaction of type {kind}, which is not known here")
    prefix = bytes([kind]) if kind else b""
    return prefix + rlp.join([_spelled(name, answer) for name in _FIELDS[kind]])


def _parts(raw: bytes) -> tuple[int, list[rlp.Item]]:
    kind = 0 if raw[:1] >= bytes([_LIST]) else int.from_bytes(raw[:1])
    if kind not in _FIELDS or not raw:
        raise Corrupt(problem=f"a transaction of type {kind}, which is not known here")
    fields = rlp.decode_list(raw[1:] if kind else raw)
    if len(fields) != len(_FIELDS[kind]):
        raise Corrupt(problem=f"a transaction with {len(fields)} fields")
    return kind, fields


def _spelled(name: str, of: dict[str, Any]) -> bytes:
    if name == "accessList":
        return rlp.encode([_access(each) for each in of.get(name) or ()])
    if name == "authorizationList":
        return rlp.join(
            [rlp.join([_spelled(part, each) for part in _AUTHORISATION]) for each in of[name]]
        )
    if name == "blobVersionedHashes":
        return rlp.encode([_bytes(each) for each in of[name]])
    if name in _DATA_FIELDS:
        return rlp.encode(_bytes(of.get(name) or "0x"))
    value = of.get(name) or (of.get("v") if name == "yParity" else None) or "0x0"
    return rlp.encode_number(int(value, 16))


def _access(entry: dict[str, Any]) -> list[object]:
    return [_bytes(entry["address"]), [_bytes(key) for key in entry["storageKeys"]]]


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])
