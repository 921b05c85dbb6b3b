"""Raw transactions: of EIP-1559, or with one gas price where the chain knows no base fee.

::

    02 ‖ rlp[chain, nonce, tip, max fee, gas, to, value, data, access list, parity, r, s]
    rlp[nonce, gas price, gas, to, value, data, v, r, s]          v = parity + 35 + 2 · chain
"""

from dataclasses import dataclass, replace
from typing import Self

import rlp  # type: ignore[import-untyped]
from coincurve import PrivateKey
from eth_hash.auto import keccak

TYPE_2 = b"\x02"
_Item = int | bytes | list["_Item"]


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A transaction before it is signed.

    Parameters
    ----------
    to : str
        Empty creates a contract.
    value : int
        Coins to send, in wei.
    max_fee, tip : int
        Wei per gas.
    is_legacy : bool
        It has one gas price, `max_fee`.
    """

    chain_id: int
    nonce: int
    max_fee: int
    tip: int
    gas: int
    to: str
    data: bytes
    value: int = 0
    is_legacy: bool = False

    def signed(self, key: PrivateKey) -> bytes:
        """Sign it; gives the raw transaction."""
        to = bytes.fromhex(self.to[2:])
        if self.is_legacy:
            fields: list[_Item] = [self.nonce, self.max_fee, self.gas, to, self.value, self.data]
            parity, r, s = _sign(key, encode([*fields, self.chain_id, 0, 0]))
            return encode([*fields, parity + 35 + 2 * self.chain_id, r, s])
        fees: list[_Item] = [self.tip, self.max_fee]
        call: list[_Item] = [self.gas, to, self.value, self.data]
        fields = [self.chain_id, self.nonce, *fees, *call, []]
        parity, r, s = _sign(key, TYPE_2 + encode(fields))
        return TYPE_2 + encode([*fields, parity, r, s])

    def at(self, max_fee: int, tip: int) -> Self:
        """Offer another fee for the same."""
        return replace(self, max_fee=max_fee, tip=tip)

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Read a raw transaction that `signed` gave."""
        if raw[:1] == TYPE_2:
            chain, nonce, tip, fee, gas, to, value, data, *_ = rlp.decode(raw[1:])
        else:
            nonce, fee, gas, to, value, data, v, *_ = rlp.decode(raw)
            tip, chain = fee, ((_int(v) - 35) // 2).to_bytes(8)
        return cls(
            chain_id=_int(chain),
            nonce=_int(nonce),
            max_fee=_int(fee),
            tip=_int(tip),
            gas=_int(gas),
            to="0x" + to.hex() if to else "",
            data=data,
            value=_int(value),
            is_legacy=raw[:1] != TYPE_2,
        )


def encode(item: _Item) -> bytes:
    """Write an item by the rules of RLP."""
    if isinstance(item, list):
        body = b"".join(map(encode, item))
        return _head(0xC0, len(body)) + body
    data = item.to_bytes((item.bit_length() + 7) // 8) if isinstance(item, int) else item
    if len(data) == 1 and data[0] < 0x80:
        return data
    return _head(0x80, len(data)) + data


def _head(base: int, size: int) -> bytes:
    if size < 56:
        return bytes([base + size])
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([base + 55 + len(length)]) + length


def _sign(key: PrivateKey, unsigned: bytes) -> tuple[int, int, int]:
    signature = key.sign_recoverable(keccak(unsigned), hasher=None)
    parity = signature[64]
    return parity, int.from_bytes(signature[:32]), int.from_bytes(signature[32:64])


def _int(data: bytes) -> int:
    return int.from_bytes(data)
