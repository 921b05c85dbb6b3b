"""An archive holds as it was written, and in no other form."""

import lzma
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.archive import rlp
from ledger.archive.file import (
    BODY,
    END,
    HEADER,
    HEADER_SIZE_MAX,
    MAGIC,
    NETWORK,
)
from ledger.archive.proof import hash_at, head_of
from ledger.archive.verification import head_hash_of, verify
from ledger.catalogue import LedgerError
from ledger.client import Client
from ledger.fault import ArchiveFalse, ArchiveUnreadable
from tests.archives import Story
from tests.unit.ledger.archive.forging import Records, forged, numbers_of_bodies

BITS = st.integers(min_value=0, max_value=7)


def test_archive_holds_as_it_was_written(story: Story) -> None:
    verdict = verify(story.path, network=story.network, head_hash=story.head)
    assert verdict.is_anchored
    assert verdict.tally.events == story.events
    assert verdict.tally.refused == 31
    assert verdict.tally.signatures == 9
    assert verdict.tally.members == 7
    assert verdict.tally.members_unasked == 1
    assert verdict.head.number - story.network.block + 1 == verdict.head.blocks


def test_archive_holds_without_a_head_but_says_so(story: Story) -> None:
    assert not verify(story.path).is_anchored


def test_archive_names_the_hash_of_each_of_its_blocks(story: Story) -> None:
    head = head_of(story.path)
    assert hash_at(story.path, head.number) == head.hash
    assert hash_at(story.path, head.number - 1) != head.hash
    with pytest.raises(ArchiveFalse, match="does not hold this block"):
        hash_at(story.path, head.number + 1)


async def test_own_node_names_the_head(story: Story) -> None:
    async with Client(story.url) as client:
        assert await head_hash_of(client, head_of(story.path), story.network) == story.head


async def test_head_that_the_node_does_not_have_is_told(story: Story) -> None:
    head = replace(head_of(story.path), number=10**9)
    async with Client(story.url) as client:
        with pytest.raises(ArchiveFalse, match="does not have a block so high"):
            await head_hash_of(client, head, story.network)


async def test_node_of_another_chain_is_told(story: Story) -> None:
    network = replace(story.network, chain_id=1)
    async with Client(story.url) as client:
        with pytest.raises(ArchiveFalse, match="the node is on chain"):
            await head_hash_of(client, head_of(story.path), network)


def test_other_head_is_told(story: Story) -> None:
    with pytest.raises(ArchiveFalse, match="the trusted block is 0x0101") as told:
        verify(story.path, head_hash=b"\1" * 32)
    assert told.value.arguments["block"] == head_of(story.path).number


def test_archive_of_another_network_is_told(story: Story) -> None:
    with pytest.raises(ArchiveFalse, match="of another network"):
        verify(story.path, network=replace(story.network, block=story.network.block + 1))


def test_contracts_that_are_not_ours_are_told(story: Story, tmp_path: Path) -> None:
    def forge(records: Records) -> None:
        other = replace(story.network, order_ledger=story.network.registry)
        records[0] = (NETWORK, other.to_bytes())

    with pytest.raises(ArchiveUnreadable, match="not where this council's OrderLedger would be"):
        verify(forged(story, tmp_path, forge))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"chain_id":"1"}'])
def test_archive_that_names_no_network_is_told(
    story: Story, tmp_path: Path, content: bytes
) -> None:
    with pytest.raises(ArchiveUnreadable, match="which network"):
        verify(forged(story, tmp_path, lambda records: records.__setitem__(0, (NETWORK, content))))


def test_history_that_begins_too_late_is_told(story: Story, tmp_path: Path) -> None:
    def forge(records: Records) -> None:
        later = replace(story.network, block=story.network.block + 1)
        records[:2] = [(NETWORK, later.to_bytes())]
        del records[next(place for place, (kind, _) in enumerate(records) if kind == BODY)]

    with pytest.raises(ArchiveFalse, match="the registry does not begin here") as told:
        verify(forged(story, tmp_path, forge))
    assert told.value.arguments["block"] == story.network.block + 1


@pytest.mark.parametrize("field", [3, 9, 11])
def test_changed_field_of_a_header_is_found(story: Story, tmp_path: Path, field: int) -> None:
    def forge(records: Records) -> None:
        fields = rlp.decode_list(records[4][1])
        changed = bytearray(rlp.as_bytes(fields[field]))
        changed[-1] ^= 1
        fields[field] = bytes(changed)
        records[4] = (HEADER, rlp.encode(fields))

    with pytest.raises(ArchiveFalse, match="names another parent") as told:
        verify(forged(story, tmp_path, forge))
    assert told.value.arguments["block"] == story.network.block + 3


def test_changed_head_is_found_by_who_knows_it(story: Story, tmp_path: Path) -> None:
    def forge(records: Records) -> None:
        place = max(place for place, (kind, _) in enumerate(records) if kind == HEADER)
        fields = rlp.decode_list(records[place][1])
        fields[11] = rlp.to_bytes(rlp.as_number(fields[11]) + 1)
        records[place] = (HEADER, rlp.encode(fields))

    with pytest.raises(ArchiveFalse, match="the trusted block is"):
        verify(forged(story, tmp_path, forge), head_hash=story.head)


def test_missing_block_is_found(story: Story, tmp_path: Path) -> None:
    with pytest.raises(ArchiveFalse, match="stands in its place") as told:
        verify(forged(story, tmp_path, lambda records: records.pop(4)))
    assert told.value.arguments["block"] == story.network.block + 3


def test_left_out_transactions_are_found(story: Story, tmp_path: Path) -> None:
    def forge(records: Records) -> None:
        places = [place for place, (kind, _) in enumerate(records) if kind == BODY]
        del records[places[-1]]

    with pytest.raises(ArchiveFalse, match="its transactions are left out") as told:
        verify(forged(story, tmp_path, forge))
    assert told.value.arguments["block"] == numbers_of_bodies(story)[-1]


def test_swapped_bodies_are_found(story: Story, tmp_path: Path) -> None:
    def forge(records: Records) -> None:
        first, second = [place for place, (kind, _) in enumerate(records) if kind == BODY][-2:]
        records[first], records[second] = records[second], records[first]

    with pytest.raises(ArchiveFalse, match="are there") as told:
        verify(forged(story, tmp_path, forge))
    assert told.value.arguments["block"] == numbers_of_bodies(story)[-2]


@pytest.mark.parametrize(
    ("item", "message"),
    [(1, "transactions are not those"), (2, "receipts are not those")],
)
def test_changed_byte_of_a_body_is_found(
    story: Story, tmp_path: Path, item: int, message: str
) -> None:
    """A signature stands last in a transaction, a log's data last in a receipt."""

    def forge(records: Records) -> None:
        place = max(place for place, (kind, _) in enumerate(records) if kind == BODY)
        items = list(map(rlp.as_bytes, rlp.decode_list(records[place][1])))
        items[item] = items[item][:-1] + bytes([items[item][-1] ^ 1])
        records[place] = (BODY, rlp.encode(items))

    with pytest.raises(ArchiveFalse, match=message) as told:
        verify(forged(story, tmp_path, forge))
    assert told.value.arguments["block"] == numbers_of_bodies(story)[-1]


def test_body_where_none_belongs_is_found(story: Story, tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnreadable, match="does not belong there"):
        verify(forged(story, tmp_path, lambda records: records.append(records[-1])))


def test_body_larger_than_its_gas_is_refused_unread(story: Story, tmp_path: Path) -> None:
    def forge(records: Records) -> None:
        place = next(place for place, (kind, _) in enumerate(records) if kind == BODY)
        records[place] = (BODY, bytes(64 << 20))

    path = forged(story, tmp_path, forge)
    assert path.stat().st_size < 100_000
    with pytest.raises(ArchiveUnreadable, match="a record of 67108864 bytes where at most"):
        verify(path)


def test_header_larger_than_any_is_refused_unread(story: Story, tmp_path: Path) -> None:
    huge = bytes(HEADER_SIZE_MAX + 1)
    with pytest.raises(ArchiveUnreadable, match="a record of 65537 bytes where at most 65536"):
        verify(forged(story, tmp_path, lambda records: records.insert(3, (HEADER, huge))))


@pytest.mark.parametrize("share", [0.0, 0.001, 0.2, 0.5, 0.9, 0.999])
def test_truncated_file_is_found(story: Story, tmp_path: Path, share: float) -> None:
    whole = story.path.read_bytes()
    path = tmp_path / "short.archive"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ArchiveUnreadable):
        verify(path)


@pytest.mark.parametrize("behind", [b"\0", b"anything", b"\0" * 4])
def test_something_behind_the_end_is_found(story: Story, tmp_path: Path, behind: bytes) -> None:
    path = tmp_path / "long.archive"
    path.write_bytes(story.path.read_bytes() + behind)
    with pytest.raises(ArchiveUnreadable, match="behind the end"):
        verify(path)


def test_records_behind_the_end_are_found(story: Story, tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnreadable, match="behind the end"):
        verify(forged(story, tmp_path, lambda records: records.append((END, b""))))


def test_file_that_needs_too_much_memory_is_refused(tmp_path: Path) -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 30}]
    path = tmp_path / "greedy.archive"
    path.write_bytes(MAGIC + lzma.compress(bytes(1000), filters=filters))
    with pytest.raises(ArchiveUnreadable, match="damaged"):
        verify(path)


@given(place=st.integers(min_value=0, max_value=1 << 20), bit=BITS)
def test_any_flipped_bit_of_the_file_is_found(story: Story, place: int, bit: int) -> None:
    whole = bytearray(story.path.read_bytes())
    whole[place % len(whole)] ^= 1 << bit
    path = story.path.with_name("flipped.archive")
    path.write_bytes(whole)
    with pytest.raises((ArchiveUnreadable, ArchiveFalse)):
        verify(path, network=story.network, head_hash=story.head)


@given(place=st.integers(min_value=0, max_value=1 << 20), bit=BITS)
def test_any_flipped_bit_of_the_content_is_found(story: Story, place: int, bit: int) -> None:
    """As before, by somebody who packs the file anew and so leaves no checksum at odds."""
    content = bytearray(lzma.decompress(story.path.read_bytes()[len(MAGIC) :]))
    content[place % len(content)] ^= 1 << bit
    path = story.path.with_name("flipped.archive")
    path.write_bytes(MAGIC + lzma.compress(content, preset=0))
    with pytest.raises(LedgerError) as told:
        verify(path, network=story.network, head_hash=story.head)
    assert isinstance(told.value, ArchiveUnreadable | ArchiveFalse)
