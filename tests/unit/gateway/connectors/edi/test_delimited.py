"""The tokenizer: nothing is dropped, releases hold, and no segment grows without end."""

from __future__ import annotations

import time

import pytest

from gateway.connectors.edi.delimited import (
    SEGMENT_CHARS_MAX,
    Dialect,
    SegmentTooLong,
    Undecodable,
    decoded,
    token_stream,
)
from gateway.connectors.edi.segment import COMPONENT, REPETITION, Segment

EDIFACT = Dialect("+", ":", "'", "*", "?")
X12 = Dialect("*", ":", "~")


def test_released_marks_end_nothing() -> None:
    tokens, rest = EDIFACT.tokens("FTX+AAI+++it?'s 1?+1 ??'BGM+220'rest")
    assert tokens == [["FTX", "AAI", "", "", "it?'s 1?+1 ??"], ["BGM", "220"]]
    assert rest == "rest"


def test_a_released_release_releases_nothing() -> None:
    assert EDIFACT.tokens("A+b??'C+d???''")[0] == [["A", "b??"], ["C", "d???'"]]


def test_a_segment_cut_by_a_piece_of_the_file_is_joined_again() -> None:
    text = "LIN+1++a?'b:EN'\nQTY+21:8'"
    whole = EDIFACT.tokens(text)[0]
    for size in range(1, len(text)):
        pieces = (text[start : start + size] for start in range(0, len(text), size))
        found = [token for batch in token_stream(pieces, EDIFACT) for token in batch]
        assert found == [*whole, [""]]


def test_composites_and_repetitions_become_neutral_and_raw_again() -> None:
    raw = "a:b?:c*d"
    neutral = EDIFACT.neutral(raw)
    assert neutral == f"a{COMPONENT}b:c{REPETITION}d"
    assert EDIFACT.raw(neutral) == raw


def test_a_spelled_segment_is_read_as_it_was() -> None:
    segment = Segment("FTX", ("AAI", "", f"it's{COMPONENT}1+1", "?"))
    assert EDIFACT.read(EDIFACT.spell(segment)) == segment


def test_text_is_decoded_before_it_is_split() -> None:
    # The second byte of this character is that of a tilde.
    content = "N1*BY*镀~".encode("gb18030")
    assert content.count(b"~") == 1
    text = "".join(decoded([content[:7], content[7:]], "gb18030"))
    assert X12.tokens(text)[0] == [["N1", "BY", "镀"]]


def test_bytes_outside_the_character_set_are_named_by_their_place() -> None:
    with pytest.raises(Undecodable) as refused:
        list(decoded([b"ISA*", b"ab\xff"], "ascii"))
    assert (refused.value.offset, refused.value.found) == (6, b"\xff")


@pytest.mark.parametrize("text", ["?", "??", "???", "?'", "?+?", "a?+b??'c?", "??'?'+'", "'?''"])
def test_releases_in_any_number_mean_what_they_mean_one_by_one(text: str) -> None:
    expected: list[list[str]] = [[""]]
    is_released = False
    for character in text:
        if is_released or character not in "+'":
            expected[-1][-1] += character
        elif character == "+":
            expected[-1].append("")
        else:
            expected.append([""])
        is_released = character == "?" and not is_released
    whole, [rest] = expected[:-1], [expected[-1]]
    assert EDIFACT.tokens(text) == (whole, "+".join(rest))


def test_marks_that_are_control_characters_themselves_hold() -> None:
    strange = Dialect("\x02", "\x01", "\x00", "", "?")
    assert strange.tokens("A\x02b?\x00??\x00C")[0] == [["A", "b?\x00??"]]


def test_a_long_segment_of_releases_takes_no_time() -> None:
    pieces = ("?'" * 2048 for _ in range(SEGMENT_CHARS_MAX // 4096 - 1))
    start = time.process_time()
    tokens = [token for batch in token_stream(pieces, EDIFACT) for token in batch]
    assert tokens == [["?'" * 2048 * (SEGMENT_CHARS_MAX // 4096 - 1)]]
    assert time.process_time() - start < 1


def test_a_segment_without_end_is_refused_before_it_fills_the_memory() -> None:
    endless = ("A" * (SEGMENT_CHARS_MAX // 4) for _ in range(10_000))
    with pytest.raises(SegmentTooLong):
        list(token_stream(endless, X12))
