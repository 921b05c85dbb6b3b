"""The root under which a block's header commits to its transactions, or to their receipts.

A Merkle-Patricia trie whose keys are the spelled places 0, 1, 2 ... in the list. Only the root is
wanted, so nothing of the trie is kept.
"""

from collections.abc import Sequence
from typing import Final

from eth_hash.auto import keccak

from ledger.archive import rlp

_HASH_SIZE: Final = 32
_Pair = tuple[bytes, bytes]
"""A path of half-bytes, one in each byte, and what lies at its end."""

EMPTY_ROOT: Final = keccak(rlp.encode(b""))


def root_of(values: Sequence[bytes]) -> bytes:
    """Compute the root of a list."""
    if not values:
        return EMPTY_ROOT
    pairs = [(_nibbles(rlp.encode_number(place)), value) for place, value in enumerate(values)]
    # A node is told by its hash, except the root, which always is hashed.
    return keccak(_node(sorted(pairs), 0))


def _node(pairs: Sequence[_Pair], depth: int) -> bytes:
    """Spell the node over paths that agree up to a depth; they are sorted."""
    first, last = pairs[0][0], pairs[-1][0]
    if len(pairs) == 1:
        return rlp.join([_path(first[depth:], is_leaf=True), rlp.encode(pairs[0][1])])
    shared = depth
    while first[shared] == last[shared]:
        shared += 1
    if shared > depth:
        return rlp.join([_path(first[depth:shared]), _reference(_node(pairs, shared))])
    return _branch(pairs, depth)


def _branch(pairs: Sequence[_Pair], depth: int) -> bytes:
    # No place's spelling begins with another's, so nothing lies at the branch itself.
    members = [b"\x80"] * 17
    start = 0
    for end in range(1, len(pairs) + 1):
        nibble = pairs[start][0][depth]
        if end == len(pairs) or pairs[end][0][depth] != nibble:
            members[nibble] = _reference(_node(pairs[start:end], depth + 1))
            start = end
    return rlp.join(members)


def _reference(node: bytes) -> bytes:
    return node if len(node) < _HASH_SIZE else rlp.encode(keccak(node))


def _path(nibbles: bytes, *, is_leaf: bool = False) -> bytes:
    """Spell a path: a flag for its kind, another for an odd length, two half-bytes to a byte."""
    is_odd = len(nibbles) % 2
    head = bytes([2 * is_leaf + is_odd]) + (b"" if is_odd else b"\0")
    return rlp.encode(bytes.fromhex((head + nibbles).hex()[1::2]))


def _nibbles(key: bytes) -> bytes:
    return bytes(int(digit, 16) for digit in key.hex())
