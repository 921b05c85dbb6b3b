"""Many blocks in one answer.

An answer holds, for each CID asked for, in the order of asking::

    1   0 here, 1 not held, 2 ask for it by itself
    4   length, u32 big-endian; 0 unless the block is here
    n   the block

What does not fit in ``BUNDLE_BYTES_MAX`` is to be asked for by itself. No CID is repeated: whoever
asked hashes what it gets.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import Final

from ledger.vault import Vault
from ledger.vault.cid import digest_of
from ledger.vault.errors import VaultError

BUNDLE_TYPE: Final = "application/vnd.consign.blocks"
CIDS_MAX: Final = 256
BUNDLE_BYTES_MAX: Final = 4 * 1024 * 1024
HERE, ABSENT, ALONE = 0, 1, 2

_HEAD: Final = struct.Struct(">BI")


class BundleInvalid(VaultError):
    """What was answered is not a bundle of what was asked for."""


def write_bundle(vault: Vault, cids: Sequence[str], entitled: Collection[str]) -> bytes:
    """Write what a vault holds of some blocks.

    Parameters
    ----------
    entitled : collection of str
        Those of them that may be had; the others look as if they were not held.

    Raises
    ------
    CidInvalid
        If one is not a CID.
    """
    sizes = vault.sizes(entitled)
    left = BUNDLE_BYTES_MAX - _HEAD.size * len(cids)
    chosen: set[str] = set()
    for cid in sizes:
        if sizes[cid] <= left:
            left -= sizes[cid]
            chosen.add(cid)
    held = vault.get_all(chosen)
    parts = []
    for cid in cids:
        block = held.pop(cid, None)  # Asked for twice, it is answered once.
        if block is not None:
            parts += [_HEAD.pack(HERE, len(block)), block]
        else:
            is_left_out = cid in sizes and cid not in chosen
            parts.append(_HEAD.pack(ALONE if is_left_out else ABSENT, 0))
    return b"".join(parts)


def read_bundle(cids: Sequence[str], content: bytes) -> tuple[dict[str, bytes], set[str], set[str]]:
    """Read an answer.

    Returns
    -------
    tuple of dict, set and set
        The blocks that are here and what they should be; the CIDs of those whose bytes are not
        what they name; the CIDs to be asked for by themselves. All others are not held there.

    Raises
    ------
    BundleInvalid
        If the answer has another layout.
    """
    blocks: dict[str, bytes] = {}
    wrong, alone = set(), set()
    at = 0
    for cid in cids:
        if len(content) < at + _HEAD.size:
            raise BundleInvalid("The answer ends early.")
        kind, size = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        block = content[at : at + size]
        at += size
        if kind == HERE:
            if sha256(block).digest() == digest_of(cid):
                blocks[cid] = block
            else:
                wrong.add(cid)
        elif kind == ALONE:
            alone.add(cid)
        elif kind != ABSENT or size:
            raise BundleInvalid("The answer says what no bundle can say.")
    if at != len(content):
        raise BundleInvalid("The answer is longer than what was asked for.")
    return blocks, wrong, alone
