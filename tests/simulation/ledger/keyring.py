"""Keys of all kinds, and signatures that are good, bad or somebody else's."""

import random
from dataclasses import dataclass
from functools import cached_property

from coincurve import PrivateKey
from eth_hash.auto import keccak

from tests.oracles.ledger.signature import ORDER

Signature = bytes


@dataclass(frozen=True)
class Key:
    """A key of its own, or the contract account that such a key rules.

    Parameters
    ----------
    is_ruled
        Whether the account also calls for its key.
    """

    secret: bytes
    account: str = ""
    is_ruled: bool = True

    @cached_property
    def own_address(self) -> str:
        public = PrivateKey(self.secret).public_key.format(compressed=False)
        return "0x" + keccak(public[1:])[12:].hex()

    def sign(self, digest: bytes) -> Signature:
        """Sign, in the form that the ledger takes."""
        plain = self.sign_plainly(digest)
        return bytes.fromhex(self.account[2:]) + plain + b"\0" if self.account else plain

    def sign_plainly(self, digest: bytes) -> Signature:
        """Sign as r, s, v."""
        made = PrivateKey(self.secret).sign_recoverable(digest, hasher=None)
        return made[:64] + bytes([made[64] + 27])


def drawn(rng: random.Random) -> Key:
    """Draw a key."""
    return Key(rng.randbytes(31) + b"\1")


def flipped(signature: Signature) -> Signature:
    """Give the other signature of the same key, with the higher s."""
    if len(signature) != 65:
        return signature[::-1]
    s = ORDER - int.from_bytes(signature[32:64])
    return signature[:32] + s.to_bytes(32) + bytes([55 - signature[64]])


def bent(rng: random.Random, signature: Signature) -> Signature:
    """Give something that looks like a signature."""
    zeros = bytes(32)
    return rng.choice(
        [
            flipped(signature),
            signature[:-1],
            signature + b"\1",
            signature + b"\0",
            signature[:-1] + bytes([rng.choice((0, 1, 2, 26, 29, 255))]),
            signature[:64] + b"\0",
            zeros + signature[32:],
            signature[:32] + zeros + signature[64:],
            ORDER.to_bytes(32) + signature[32:],
            signature[-1:],
            b"\0",
            bytes(20),
            bytes(21),
            signature[:20] + b"\0",
            rng.randbytes(65),
            rng.randbytes(64) + b"\x1b",
            signature[:5] + bytes([signature[5] ^ 1]) + signature[6:],
        ]
    )
