"""Whoever makes up a chain of its own has to make up one that follows the contracts' rules."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.archive import rlp
from ledger.archive.file import BODY
from ledger.archive.transaction import Transaction
from ledger.archive.verification import verify
from ledger.fault import ArchiveFalse, ArchiveUnreadable
from tests.archives import Story
from tests.unit.ledger.archive.forging import Records, commit_to, forged, numbers_of_bodies


def test_forged_chain_is_held_against_the_rules(story: Story, tmp_path: Path) -> None:
    def forge(records: Records) -> None:
        place = max(place for place, (kind, _) in enumerate(records) if kind == BODY)
        items = list(map(rlp.as_bytes, rlp.decode_list(records[place][1])))
        items[2] = items[2].replace(b"\2" * 32, b"\3" * 32)
        records[place] = (BODY, rlp.encode(items))
        commit_to(records, items)

    with pytest.raises(ArchiveFalse, match="log 0 of the ledger is IntentRecorded") as told:
        verify(forged(story, tmp_path, forge))
    assert told.value.arguments["block"] == numbers_of_bodies(story)[-1]


@given(
    body=st.integers(0, 99),
    item=st.integers(0, 99),
    place=st.integers(0, 1 << 20),
    bit=st.integers(0, 7),
)
def test_whatever_chain_somebody_makes_up_is_judged_and_breaks_nothing(
    story: Story, body: int, item: int, place: int, bit: int
) -> None:
    """A bit of a transaction or receipt is flipped, and everything above it made to fit."""

    def forge(records: Records) -> None:
        places = [place for place, (kind, _) in enumerate(records) if kind == BODY]
        found = places[body % len(places)]
        items = list(map(rlp.as_bytes, rlp.decode_list(records[found][1])))
        chosen = 1 + item % (len(items) - 1)
        changed = bytearray(items[chosen])
        changed[place % len(changed)] ^= 1 << bit
        items[chosen] = bytes(changed)
        records[found] = (BODY, rlp.encode(items))
        commit_to(records, items)

    path = forged(story, story.path.parent, forge)
    with pytest.raises(ArchiveFalse, match="the trusted block is"):
        verify(path, head_hash=story.head)
    # What nobody vouches for may be a chain that could be: it is another one, not a broken one.
    with suppress(ArchiveFalse, ArchiveUnreadable):
        verify(path)


def test_body_without_a_receipt_for_each_transaction_is_found(story: Story, tmp_path: Path) -> None:
    def forge(records: Records) -> None:
        place = max(place for place, (kind, _) in enumerate(records) if kind == BODY)
        items = list(map(rlp.as_bytes, rlp.decode_list(records[place][1])))[:-1]
        records[place] = (BODY, rlp.encode(items))
        commit_to(records, items)

    with pytest.raises(ArchiveFalse, match="more transactions than receipts"):
        verify(forged(story, tmp_path, forge))


def test_undone_transaction_that_tells_something_is_found(story: Story, tmp_path: Path) -> None:
    def forge(records: Records) -> None:
        place = max(place for place, (kind, _) in enumerate(records) if kind == BODY)
        items = list(map(rlp.as_bytes, rlp.decode_list(records[place][1])))
        fields = rlp.decode_list(items[2][1:])
        fields[0] = b""
        items[2] = items[2][:1] + rlp.encode(fields)
        records[place] = (BODY, rlp.encode(items))
        commit_to(records, items)

    with pytest.raises(ArchiveFalse, match="it was undone, and tells something"):
        verify(forged(story, tmp_path, forge))


@pytest.mark.parametrize(
    ("r", "problem"),
    [
        (b"", "OrganisationAdmitted: nobody signed it"),
        (b"\1", "nobody signed it|is not the council"),
    ],
)
def test_member_that_the_council_did_not_admit_is_found(
    story: Story, tmp_path: Path, r: bytes, problem: str
) -> None:
    registry = bytes.fromhex(story.network.registry[2:])

    def forge(records: Records) -> None:
        for place, (kind, content) in enumerate(records):
            items = list(map(rlp.as_bytes, rlp.decode_list(content))) if kind == BODY else []
            if items and Transaction.parse(items[1]).to == registry:
                fields = rlp.decode_list(items[1][1:])
                fields[-2] = r
                items[1] = items[1][:1] + rlp.encode(fields)
                records[place] = (BODY, rlp.encode(items))
                commit_to(records, items)
                return

    with pytest.raises(ArchiveFalse, match=problem):
        verify(forged(story, tmp_path, forge))
