"""Idempotency keys, below HTTP."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from gateway.errors import IdempotencyKeyReused, RequestInvalid
from gateway.idempotency import Answer, find, keep, prune, settle, ticket_of
from ledger.database import reading, writing

ANSWER = Answer(202, {"Location": "/v1/intents/7"}, b'{"intent":"7"}', (7,), is_final=True)


def test_repeated_request_finds_the_original_answer(engine: Engine) -> None:
    ticket = ticket_of(1, "k", b"POST", b"body")
    assert ticket is not None
    with writing(engine) as session:
        assert find(session, ticket) is None
        keep(session, ticket, ANSWER)
    with reading(engine) as session:
        assert find(session, ticket) == ANSWER


def test_other_request_under_the_key_is_refused(engine: Engine) -> None:
    ticket, other = ticket_of(1, "k", b"POST", b"a"), ticket_of(1, "k", b"POST", b"b")
    assert ticket is not None
    assert other is not None
    with writing(engine) as session:
        keep(session, ticket, ANSWER)
        with pytest.raises(IdempotencyKeyReused):
            find(session, other)


def test_keys_of_two_organisations_never_meet(engine: Engine) -> None:
    ticket = ticket_of(1, "k", b"body")
    assert ticket is not None
    with writing(engine) as session:
        keep(session, ticket, ANSWER)
        assert find(session, replace(ticket, organisation=2, fingerprint=b"other")) is None


def test_parts_cannot_be_shifted_into_one_another() -> None:
    one, two = ticket_of(1, "k", b"ab", b"c"), ticket_of(1, "k", b"a", b"bc")
    assert one is not None
    assert two is not None
    assert one.fingerprint != two.fingerprint


def test_first_final_answer_stays_the_last_word(engine: Engine) -> None:
    ticket = ticket_of(1, "k", b"body")
    assert ticket is not None
    refused = replace(ANSWER, status=409)
    with writing(engine) as session:
        keep(session, ticket, replace(ANSWER, is_final=False))
        assert settle(session, ticket, refused) == refused
        assert settle(session, ticket, ANSWER) == refused


def test_old_answers_are_forgotten(engine: Engine) -> None:
    ticket = ticket_of(1, "k", b"body")
    assert ticket is not None
    with writing(engine) as session:
        keep(session, ticket, ANSWER)
        prune(session, before=0)
        assert find(session, ticket) is not None
        prune(session, before=2**40)
        assert find(session, ticket) is None


@pytest.mark.parametrize("key", ["", "two words", "k" * 256, "ümlaut"])
def test_unusable_key_is_refused(key: str) -> None:
    with pytest.raises(RequestInvalid):
        ticket_of(1, key, b"body")


def test_request_without_a_key_has_no_ticket() -> None:
    assert ticket_of(1, None, b"body") is None
