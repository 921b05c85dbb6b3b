"""What is sealed together: salts, document, and the keys of attached files."""

from __future__ import annotations

import pytest

from ledger.document.errors import ContentNotCanonical
from ledger.document.payload import AttachedFile, read_payload, write_payload

SEED = bytes(range(32))
PHOTO = AttachedFile("1", "bphoto", b"\1" * 32)
CERTIFICATE = AttachedFile("2", "bpaper", b"\2" * 32)


def test_content_is_read_back_as_it_was_written() -> None:
    for attached in ((), (PHOTO,), (PHOTO, CERTIFICATE)):
        assert read_payload(write_payload(SEED, b"{}", attached)) == (SEED, b"{}", attached)


def test_attached_files_stand_in_the_order_of_their_numbers() -> None:
    payload = write_payload(SEED, b"{}", (CERTIFICATE, PHOTO))
    assert payload == write_payload(SEED, b"{}", (PHOTO, CERTIFICATE))


LIST = write_payload(SEED, b"{}", (PHOTO, CERTIFICATE))[38:]


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"null",
        b"1",
        b"{}",
        b"[1]",
        b"[ ]",
        b"[[]]",
        b'[{"cid":"bphoto","id":"1"}]',
        b"[" * 5_000,
        LIST[:-1],
        LIST + b" ",
        LIST.replace(b"0101", b"01 1", 1),
        LIST.replace(b"02" * 32, b"0A" * 32),
        LIST.replace(b"02" * 32, b"02" * 31),
        LIST.replace(b"02" * 32, b"zz" * 32),
        LIST.replace(b'"2"', b'"1"'),
        LIST.replace(b'"1"', b'"3"'),
        LIST.replace(b'"1"', b"1"),
        LIST.replace(b'"bphoto"', b"5"),
        LIST.replace(b'"id"', b'"more":1,"id"'),
    ],
)
def test_list_in_any_other_spelling_is_refused(wrong: bytes) -> None:
    assert read_payload(SEED + b"\0\0\0\2{}" + LIST)[2] == (PHOTO, CERTIFICATE)
    with pytest.raises(ContentNotCanonical):
        read_payload(SEED + b"\0\0\0\2{}" + wrong)


def test_content_shorter_than_it_says_is_refused() -> None:
    for payload in (b"", SEED, SEED + b"\0\0\0", SEED + b"\0\0\0\3{}"):
        with pytest.raises(ContentNotCanonical):
            read_payload(payload)


def test_key_of_another_size_attaches_nothing() -> None:
    with pytest.raises(AssertionError):
        AttachedFile("1", "bphoto", bytes(31))
