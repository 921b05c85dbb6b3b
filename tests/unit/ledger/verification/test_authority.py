"""Who could speak for whom, at each moment."""

from __future__ import annotations

from typing import Any

from ledger.event import Event, KeySet, OrganisationSuspensionSet
from ledger.role import Permission
from ledger.verification.authority import KeyBook

KEY = "0x" + "ab" * 20


def placed(block: int, log_index: int = 0) -> dict[str, Any]:
    return {
        "contract": "0x" + "00" * 20,
        "block_number": block,
        "block_hash": bytes(32),
        "tx_hash": bytes(32),
        "log_index": log_index,
    }


def key_set(block: int, permissions: int = 15, expires_at: int = 0, log_index: int = 0) -> Event:
    return KeySet(
        organisation=1,
        key=KEY,
        permissions=permissions,
        expires_at=expires_at,
        **placed(block, log_index),
    )


def suspended(block: int, is_suspended: bool) -> Event:
    return OrganisationSuspensionSet(organisation=1, suspended=is_suspended, **placed(block))


def may(book: KeyBook, block: int, log_index: int = 0, time_s: int = 100) -> bool:
    return book.may(1, KEY, Permission.RECORD, (block, log_index), time_s)


def test_a_key_speaks_from_the_moment_it_is_set() -> None:
    book = KeyBook.of([key_set(5, log_index=3)])
    assert not may(book, 5, log_index=2)
    assert may(book, 5, log_index=4)


def test_a_revoked_key_is_silent_from_then_on_and_was_heard_before() -> None:
    book = KeyBook.of([key_set(5), key_set(9, permissions=0)])
    assert may(book, 8)
    assert not may(book, 9, log_index=1)


def test_a_key_expires_at_its_second() -> None:
    book = KeyBook.of([key_set(5, expires_at=200)])
    assert may(book, 6, time_s=199)
    assert not may(book, 6, time_s=200)


def test_a_key_without_the_permission_may_not() -> None:
    book = KeyBook.of([key_set(5, permissions=int(Permission.TRADE))])
    assert not may(book, 6)


def test_a_suspended_organisation_is_silent_until_it_is_reinstated() -> None:
    book = KeyBook.of([key_set(5), suspended(7, True), suspended(9, False)])
    assert may(book, 6)
    assert not may(book, 8)
    assert may(book, 10)


def test_a_key_of_another_organisation_may_not() -> None:
    book = KeyBook.of([key_set(5)])
    assert not book.may(2, KEY, Permission.RECORD, (6, 0), 100)
