"""A vault that outlives processes, in memory."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ledger.vault import BlockMissing, Cid, cid_of, parse_cid


@dataclass
class MemoryVault:
    """Blocks by their CID."""

    blocks: dict[Cid, bytes] = field(default_factory=dict)

    def put(self, block: bytes) -> Cid:
        cid = cid_of(block)
        self.blocks[cid] = block
        return cid

    def put_all(self, blocks: Sequence[bytes]) -> list[Cid]:
        return [self.put(block) for block in blocks]

    def get(self, cid: str) -> bytes:
        try:
            return self.blocks[parse_cid(cid)]
        except KeyError:
            raise BlockMissing("The vault does not hold the block.", cid=cid) from None

    def get_all(self, cids: Iterable[str]) -> dict[str, bytes]:
        return {cid: self.blocks[parse_cid(cid)] for cid in cids if self.has(cid)}

    def sizes(self, cids: Iterable[str]) -> dict[str, int]:
        return {cid: len(block) for cid, block in self.get_all(cids).items()}

    def has(self, cid: str) -> bool:
        return parse_cid(cid) in self.blocks

    def delete(self, cid: str) -> None:
        self.blocks.pop(parse_cid(cid), None)

    def delete_all(self, cids: Iterable[str]) -> None:
        for cid in cids:
            self.delete(cid)

    def __iter__(self) -> Iterator[Cid]:
        return iter(list(self.blocks))
