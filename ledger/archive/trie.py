"""The root under which a block's header commits to its transactions, or to their receipts.

A Merkle-Patricia trie whose keys are the spelled places 0, 1, 2 ... in the list. Only its root is
wanted, or the nodes that lead to one value; nothing else of the trie is kept.
"""

from collections.abc import Sequence
from typing import Final

from eth_hash.auto import keccak

from ledger.archive import rlp
from ledger.errors import Corrupt

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


def path_to(values: Sequence[bytes], place: int) -> list[bytes]:
    """Give the nodes that lead from the root to one of a list's values, which is in the last."""
    key = _nibbles(rlp.encode_number(place))
    pairs = sorted((_nibbles(rlp.encode_number(at)), value) for at, value in enumerate(values))
    nodes, depth = [_node(pairs, 0)], 0
    while len(pairs) > 1:
        shared = _shared(pairs, depth)
        if shared == depth:
            pairs = [pair for pair in pairs if pair[0][depth] == key[depth]]
            shared += 1
        depth = shared
        nodes.append(_node(pairs, depth))
    return nodes


def value_at(root: bytes, place: int, nodes: Sequence[bytes]) -> bytes:
    """Follow nodes from the root to one of a list's values.

    Values are longer than a hash, as receipts are, so that no node lies within another.

    Raises
    ------
    Corrupt
        When the nodes do not lead there.
    """
    wanted, rest = root, _nibbles(rlp.encode_number(place))
    for left, node in zip(range(len(nodes) - 1, -1, -1), nodes, strict=True):
        members = rlp.decode_list(node)
        if keccak(node) != wanted or len(members) not in (2, 17):
            break
        if len(members) == 17:
            wanted, rest = rlp.as_bytes(members[rest[0]]) if rest else b"", rest[1:]
            continue
        path, is_leaf = _read_path(rlp.as_bytes(members[0]))
        if not rest.startswith(path):
            break
        wanted, rest = rlp.as_bytes(members[1]), rest[len(path) :]
        if is_leaf:
            if left or rest:
                break
            return wanted
    raise Corrupt(problem="the nodes do not lead from the root to the value")


def _node(pairs: Sequence[_Pair], depth: int) -> bytes:
    """Spell the node over paths that agree up to a depth; they are sorted."""
    first = pairs[0][0]
    if len(pairs) == 1:
        return rlp.join([_path(first[depth:], is_leaf=True), rlp.encode(pairs[0][1])])
    shared = _shared(pairs, depth)
    if shared > depth:
        return rlp.join([_path(first[depth:shared]), _reference(_node(pairs, shared))])
    return _branch(pairs, depth)


def _shared(pairs: Sequence[_Pair], depth: int) -> int:
    """Tell up to which depth several sorted paths agree."""
    first, last = pairs[0][0], pairs[-1][0]
    while first[depth] == last[depth]:
        depth += 1
    return depth


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


def _read_path(spelled: bytes) -> tuple[bytes, bool]:
    """Read a path, and whether a value lies at its end."""
    nibbles = _nibbles(spelled)
    kind = nibbles[0] if nibbles else 4
    if kind > 3 or (kind % 2 == 0 and nibbles[1]):
        raise Corrupt(problem="a path that is not spelled as paths are")
    return nibbles[1 if kind % 2 else 2 :], kind >= 2


def _nibbles(key: bytes) -> bytes:
    return bytes(int(digit, 16) for digit in key.hex())
