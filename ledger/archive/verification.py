"""An archive, verified: what it proves, and on which condition."""

from dataclasses import dataclass
from pathlib import Path

from ledger.archive.audit import Audit
from ledger.archive.network import Network
from ledger.archive.proof import Head, blocks_of, head_of, network_of
from ledger.archive.tally import Tally
from ledger.client import Client
from ledger.fault import ArchiveFalse, ArchiveUnreadable


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; that there is one means that everything holds.

    Parameters
    ----------
    is_anchored : bool
        Whether somebody who is trusted has named the head; otherwise all of it is only as true as
        the head is.
    """

    network: Network
    head: Head
    tally: Tally
    is_anchored: bool


def verify(
    path: Path, *, network: Network | None = None, head_hash: bytes | None = None
) -> Verdict:
    """Check an archive, offline; nothing of whoever gave it is trusted.

    Parameters
    ----------
    network : Network, optional
        Which network it has to be of.
    head_hash : bytes, optional
        Hash of its last block, from somebody who is trusted.

    Raises
    ------
    ArchiveUnreadable
        When the file is no archive, or is damaged.
    ArchiveFalse
        When it does not hold; names the first block at which it does not.
    """
    found = network_of(path)
    if network is not None and found != network:
        raise ArchiveFalse(block=found.block, problem=f"it is of another network: {_named(found)}")
    head = head_of(path)
    if head_hash is not None:
        require_head(head, head_hash)
    audit = Audit(found)
    block = None
    for block in blocks_of(path):
        audit.take(block)
    if block is None or block.header.hash != head.hash:
        raise ArchiveUnreadable(path=str(path), problem="it was changed while it was read")
    return Verdict(found, head, audit.tally, head_hash is not None)


async def head_hash_of(client: Client, head: Head, network: Network) -> bytes:
    """Ask one's own node for the block at the height of an archive's head.

    Raises
    ------
    Unreachable
        When it does not answer.
    ArchiveFalse
        When it is on another chain, or has no block so high.
    """
    chain_id = await client.chain_id()
    if chain_id != network.chain_id:
        problem = f"it is of chain {network.chain_id}, and the node is on chain {chain_id}"
        raise ArchiveFalse(block=network.block, problem=problem)
    block = await client.block(head.number)
    if block is None:
        raise ArchiveFalse(block=head.number, problem="the node does not have a block so high")
    return block.hash


def require_head(head: Head, trusted: bytes) -> None:
    """Hold an archive's head against one that is trusted.

    Raises
    ------
    ArchiveFalse
        When they differ.
    """
    if head.hash != trusted:
        problem = (
            f"the trusted block is 0x{trusted.hex()}, and the archive's is 0x{head.hash.hex()}"
        )
        raise ArchiveFalse(block=head.number, problem=problem)


def _named(network: Network) -> str:
    return f"chain {network.chain_id}, registry {network.registry}"
