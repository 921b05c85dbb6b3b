"""API keys."""

import asyncio
import time

import pytest
from sqlalchemy import Engine

from gateway import access
from gateway.access import Callers, authenticate, create_api_key, revoke_api_keys
from gateway.errors import ApiKeyUnknown, AuthenticationMissing
from gateway.models import GatewayTable
from ledger.database import reading, writing

HOSTED = frozenset({1, 2})


def test_key_speaks_for_its_organisation_alone(engine: Engine) -> None:
    with writing(engine) as session:
        one = create_api_key(session, 1, "erp")
        two = create_api_key(session, 2, "erp")
    with reading(engine) as session:
        assert authenticate(session, f"Bearer {one}", HOSTED).organisation == 1
        assert authenticate(session, f"bearer {two}", HOSTED).organisation == 2


@pytest.mark.parametrize("header", [None, "", "Bearer ", "Basic abc", "abc"])
def test_request_without_a_key_is_told_so(engine: Engine, header: str | None) -> None:
    with reading(engine) as session, pytest.raises(AuthenticationMissing):
        authenticate(session, header, HOSTED)


def test_unknown_revoked_and_foreign_keys_are_refused_alike(engine: Engine) -> None:
    with writing(engine) as session:
        revoked = create_api_key(session, 1, "old")
        foreign = create_api_key(session, 9, "moved away")
        kept = create_api_key(session, 1, "new")
        assert revoke_api_keys(session, 1, "old") == 1
    with reading(engine) as session:
        for key in ("consign_unknown", revoked, foreign):
            with pytest.raises(ApiKeyUnknown):
                authenticate(session, f"Bearer {key}", HOSTED)
        assert authenticate(session, f"Bearer {kept}", HOSTED).organisation == 1


def test_database_dump_holds_no_key(engine: Engine) -> None:
    with writing(engine) as session:
        key = create_api_key(session, 1, "erp")
    with reading(engine) as session:
        tables = GatewayTable.metadata.sorted_tables
        dump = repr([session.connection().execute(table.select()).all() for table in tables])
    assert "erp" in dump
    assert key not in dump
    assert key.removeprefix("consign_") not in dump


async def test_remembered_key_is_refused_soon_after_it_was_revoked(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now_s[0])
    with writing(engine) as session:
        key = create_api_key(session, 1, "erp")
    callers = Callers(engine, HOSTED)
    found = await asyncio.gather(*(callers.of(f"Bearer {key}") for _ in range(5)))
    assert {each.organisation for each in found} == {1}
    with writing(engine) as session:
        revoke_api_keys(session, 1, "erp")
    now_s[0] += access.REMEMBERED_S
    for _ in range(2):
        with pytest.raises(ApiKeyUnknown):
            await callers.of(f"Bearer {key}")
    with pytest.raises(AuthenticationMissing):
        await callers.of(None)


async def test_key_that_was_just_made_is_taken_at_once(engine: Engine) -> None:
    callers = Callers(engine, HOSTED)
    with pytest.raises(ApiKeyUnknown):
        await callers.of("Bearer consign_unknown")
    with writing(engine) as session:
        key = create_api_key(session, 2, "erp")
    assert (await callers.of(f"Bearer {key}")).organisation == 2
