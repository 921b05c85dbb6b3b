"""The Merkle tree under every commitment: SHA-256, four children to a node, shape fixed by count.

::

    leaf          SHA-256(0x00 ‖ salt[32] ‖ pointer ‖ 0x0a ‖ value)          field of a document
    node          SHA-256(0x01 ‖ child[32] ‖ ... )                           2, 3 or 4 children
    document root SHA-256(0x02 ‖ count:u32 ‖ top[32])                        the commitment
    batch leaf    SHA-256(0x03 ‖ position:u32 ‖ commitment[32])              document of a batch
    batch root    SHA-256(0x04 ‖ count:u32 ‖ top[32])                        the documents root

Integers are big-endian. Each level groups its digests by four from the left; the last group may be
smaller, and a group of one moves up unchanged. So the number of leaves fixes the shape, the root
binds the number, and an index leads through the tree in one way only. The first byte separates the
domains: no leaf can be read as a node, no node as a root, no batch as a document.

Four children instead of two need a third of the node hashes, which is what sealing and opening
spend their time on; a proof in a tree of 4,096 leaves has 18 siblings (576 bytes) instead of 12.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from ledger.document.errors import ProofMalformed

DIGEST_BYTES: Final = 32
COUNT_MAX: Final = 2**32 - 1

_LEAF = b"\x00"
_NODE = b"\x01"
_DOCUMENT_ROOT = b"\x02"
_BATCH_LEAF = b"\x03"
_BATCH_ROOT = b"\x04"
_ARITY: Final = 4


def leaf_digest(salt: bytes, leaf: str) -> bytes:
    """Hash one field of a document under its salt."""
    return sha256(_LEAF + salt + leaf.encode()).digest()


def leaf_digests(salts: bytes, leaves: Sequence[str]) -> list[bytes]:
    """Hash all fields of a document, each under its 32 bytes of `salts`.

    Raises
    ------
    UnicodeEncodeError
        If a leaf holds a lone surrogate.
    """
    new = sha256(_LEAF).copy
    found = []
    for salt, leaf in zip(struct.unpack("32s" * len(leaves), salts), leaves, strict=True):
        digest = new()
        digest.update(salt + leaf.encode())
        found.append(digest.digest())
    return found


def document_root(count: int, top: bytes) -> bytes:
    """Bind the number of fields to the top of their tree."""
    return sha256(_DOCUMENT_ROOT + count.to_bytes(4, "big") + top).digest()


def batch_leaf(position: int, commitment: bytes) -> bytes:
    """Hash one commitment at its position in a batch."""
    return sha256(_BATCH_LEAF + position.to_bytes(4, "big") + commitment).digest()


def batch_root(count: int, top: bytes) -> bytes:
    """Bind the number of positions of a batch to the top of their tree."""
    return sha256(_BATCH_ROOT + count.to_bytes(4, "big") + top).digest()


def top_of(digests: list[bytes]) -> bytes:
    """Hash digests level by level up to the one at the top."""
    assert digests, "a tree has at least one leaf"
    while len(digests) > 1:
        digests = _parents(digests)
    return digests[0]


def _parents(digests: list[bytes]) -> list[bytes]:
    new = sha256(_NODE).copy
    full = len(digests) // _ARITY
    parents = []
    for group in struct.unpack("128s" * full, b"".join(digests[: full * _ARITY])):
        node = new()
        node.update(group)
        parents.append(node.digest())
    rest = digests[full * _ARITY :]
    if len(rest) == 1:
        parents += rest
    elif rest:
        parents.append(sha256(_NODE + b"".join(rest)).digest())
    return parents


def siblings_of(digests: list[bytes], indices: Iterable[int]) -> list[bytes]:
    """Collect what is needed to climb from the leaves at `indices` to the top.

    Returns
    -------
    list of bytes
        Level by level from the leaves, from left to right: the members of each group touched that
        cannot be computed from below.
    """
    known = sorted(set(indices))
    needed: list[bytes] = []
    while len(digests) > 1:
        groups = sorted({index // _ARITY for index in known})
        held = set(known)
        for group in groups:
            members = range(group * _ARITY, min(group * _ARITY + _ARITY, len(digests)))
            needed += [digests[member] for member in members if member not in held]
        digests, known = _parents(digests), groups
    return needed


def climb(count: int, known: dict[int, bytes], siblings: Sequence[bytes]) -> bytes:
    """Compute the top of a tree of `count` leaves from some leaves and their siblings.

    Parameters
    ----------
    count : int
        Number of leaves of the whole tree.
    known : dict
        Digest of each known leaf by its index, ``0 <= index < count``.
    siblings : sequence of bytes
        In the order of `siblings_of`.

    Raises
    ------
    ProofMalformed
        If an index is out of range, or there are too many or too few siblings.
    """
    if not known or min(known) < 0 or max(known) >= count or count > COUNT_MAX:
        raise ProofMalformed("A position of the proof is outside the tree.", count=count)
    rest = iter(siblings)
    size = count
    while size > 1:
        groups = sorted({index // _ARITY for index in known})
        above: dict[int, bytes] = {}
        for group in groups:
            members = range(group * _ARITY, min(group * _ARITY + _ARITY, size))
            children = [known[member] if member in known else next(rest, b"") for member in members]
            if not all(children):
                raise ProofMalformed("The proof has too few siblings.", siblings=len(siblings))
            above[group] = (
                children[0] if len(children) == 1 else sha256(_NODE + b"".join(children)).digest()
            )
        known, size = above, -(-size // _ARITY)
    if next(rest, None) is not None:
        raise ProofMalformed("The proof has too many siblings.", siblings=len(siblings))
    return known[0]
