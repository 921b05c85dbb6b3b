"""Archives written anew, with other records."""

from collections.abc import Callable, Iterator
from pathlib import Path

from ledger.archive import rlp
from ledger.archive.file import BODY, HEADER, NETWORK, Reader, Writer
from ledger.archive.header import Header
from ledger.archive.trie import root_of
from tests.archives import Story

Records = list[tuple[bytes, bytes]]


def commit_to(records: Records, items: list[bytes]) -> None:
    """Let a body's header hold its roots, and link all later headers anew."""
    number, parent = rlp.as_number(items[0]), b""
    for place, (kind, raw) in enumerate(records):
        if kind != HEADER or Header.parse(raw).number < number:
            continue
        fields = rlp.decode_list(raw)
        if parent:
            fields[0] = parent
        else:
            fields[4], fields[5] = root_of(items[1::2]), root_of(items[2::2])
        records[place] = (HEADER, rlp.encode(fields))
        parent = Header.parse(records[place][1]).hash


def numbers_of_bodies(story: Story) -> list[int]:
    """List the blocks whose transactions are in an archive."""
    return [
        rlp.as_number(rlp.decode_list(content)[0])
        for kind, content in records_of(story.path)
        if kind == BODY
    ]


def forged(story: Story, folder: Path, forge: Callable[[Records], object]) -> Path:
    """Write an archive anew, with other records."""
    records = list(records_of(story.path))
    forge(records)
    path = folder / "forged.archive"
    with Writer(path) as writer:
        for record in records:
            writer.write(*record)
    return path


def records_of(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Read every record of an archive."""
    with Reader(path) as reader:
        for kind in (NETWORK, HEADER, BODY):
            while (content := reader.take(kind, 1 << 30)) is not None:
                yield kind, content
        reader.end()
