"""Who asks for blocks is proven by a key that the registry names now."""

from __future__ import annotations

from pathlib import Path

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from sqlalchemy import Engine

from ledger.asker import (
    ASKERS_MAX,
    LIFETIME_S,
    SKEW_S,
    Askers,
    proven_askers,
    read_statement,
    request_digest,
)
from ledger.clock import now_ms
from ledger.database import connect, migrate, reading, writing
from ledger.host import Host
from ledger.intent import Domain, domain_separator
from ledger.key import SigningKey
from ledger.model import Block, Organisation, OrganisationKey
from ledger.vault import AskerUnproven
from tests.postgres import FreshDatabase

DOMAIN = Domain("OrderLedger", 31337, "0x" + "11" * 20)
NETWORK = domain_separator(DOMAIN)
SERVER, ASKER = 1, 2
ENDPOINT = "https://gateway.example/consign"
NOW = 1_900_000_000
MANY = " ".join(f"{number}:{'A' * 87}" for number in range(ASKERS_MAX + 1))


@pytest.fixture
def key() -> SigningKey:
    return SigningKey.create()


@pytest.fixture
def engine(tmp_path: Path, fresh_database: FreshDatabase, key: SigningKey) -> Engine:
    engine = connect(fresh_database(tmp_path))
    migrate(engine)
    with writing(engine) as session:
        for number in (SERVER, ASKER):
            session.add(Organisation(number=number, roles=1, name="M", endpoint=ENDPOINT + "/"))
        session.add(OrganisationKey(organisation=ASKER, address=key.address, permissions=1))
        session.add(Block(number=1, hash=bytes(32), parent=bytes(32), time=NOW))
    return engine


def asked(key: SigningKey, *organisations: int, endpoint: str = ENDPOINT) -> str:
    hosts = {number: Host(number, key, {}) for number in organisations}
    return Askers(NETWORK, hosts).authorization(endpoint, organisations)


def proven(engine: Engine, authorization: str | None) -> frozenset[int]:
    with reading(engine) as session:
        return proven_askers(session, NETWORK, {SERVER}, authorization)


def change(engine: Engine, key: SigningKey, **fields: int) -> None:
    with writing(engine) as session:
        for row in (
            session.get(OrganisationKey, (ASKER, key.address)),
            session.get(Organisation, ASKER),
        ):
            for name, value in fields.items():
                if hasattr(row, name):
                    setattr(row, name, value)
            session.add(row)


def test_those_whose_key_signed_are_proven_and_the_others_left_out(
    engine: Engine, key: SigningKey
) -> None:
    assert proven(engine, asked(key, ASKER)) == {ASKER}
    assert proven(engine, asked(key, ASKER, SERVER, 99)) == {ASKER}
    assert proven(engine, asked(key, ASKER, endpoint=ENDPOINT + "/")) == {ASKER}


@pytest.mark.parametrize(
    "fields", [{"permissions": 0}, {"expires_at": NOW}, {"is_suspended": True}]
)
def test_a_revoked_or_expired_key_or_a_suspended_member_proves_nothing(
    engine: Engine, key: SigningKey, fields: dict[str, int]
) -> None:
    authorization = asked(key, ASKER)
    assert proven(engine, authorization) == {ASKER}
    change(engine, key, **fields)
    with pytest.raises(AskerUnproven):
        proven(engine, authorization)


def test_a_key_that_expires_later_proves(engine: Engine, key: SigningKey) -> None:
    change(engine, key, expires_at=NOW + 1)
    assert proven(engine, asked(key, ASKER)) == {ASKER}


@pytest.mark.parametrize("endpoint", ["", "https://elsewhere.example", 'https://x", until=1, by="'])
def test_what_was_signed_for_another_endpoint_proves_nothing(
    engine: Engine, key: SigningKey, endpoint: str
) -> None:
    with pytest.raises(AskerUnproven):
        proven(engine, asked(key, ASKER, endpoint=endpoint))


@pytest.mark.parametrize("shift_s", [-LIFETIME_S, LIFETIME_S + SKEW_S])
def test_a_statement_counts_for_minutes(
    engine: Engine, key: SigningKey, monkeypatch: pytest.MonkeyPatch, shift_s: int
) -> None:
    shifted_ms = now_ms() + 1000 * shift_s
    monkeypatch.setattr("ledger.asker.now_ms", lambda: shifted_ms)
    authorization = asked(key, ASKER)
    assert proven(engine, authorization) == {ASKER}
    monkeypatch.undo()
    with pytest.raises(AskerUnproven):
        proven(engine, authorization)


def test_an_endpoint_that_is_no_url_cannot_break_the_header(
    engine: Engine, key: SigningKey
) -> None:
    odd = 'https://gäteway.example/"\r\nX: y'
    with writing(engine) as session:
        server = session.get(Organisation, SERVER)
        assert server is not None
        server.endpoint = odd
        session.add(server)
    authorization = asked(key, ASKER, endpoint=odd)
    assert authorization.isascii()
    assert authorization.isprintable()
    assert proven(engine, authorization) == {ASKER}


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer consign_x",
        'Consign endpoint="x", until=1, by="2"',
        'Consign endpoint="x", until=1, by="2:short"',
        f'Consign endpoint="x", until={"9" * 13}, by="2:{"A" * 87}"',
        f'Consign endpoint="x", until=1, by="{MANY}"',
    ],
)
def test_what_is_no_statement_is_refused_by_name(authorization: str | None) -> None:
    with pytest.raises(AskerUnproven):
        read_statement(authorization)


def test_as_many_as_may_ask_fit_into_a_header(key: SigningKey) -> None:
    numbers = range(2**32 - ASKERS_MAX, 2**32)
    authorization = asked(key, *numbers)
    assert len(authorization) < 8_000
    assert set(read_statement(authorization).signatures) == set(numbers)


def test_a_signature_that_recovers_to_nobody_proves_nothing(
    engine: Engine, key: SigningKey
) -> None:
    authorization = asked(key, ASKER)
    head, _, _ = authorization.rpartition(":")
    with pytest.raises(AskerUnproven):
        proven(engine, f'{head}:{"A" * 87}"')


def test_a_wallet_signs_the_same_statement(key: SigningKey) -> None:
    wallet = Account.create()
    typed = encode_typed_data(
        {"name": "Consign OrderLedger", "version": "1", "chainId": 31337}
        | {"verifyingContract": DOMAIN.contract},
        {
            "BlockRequest": [
                {"name": "organisation", "type": "uint32"},
                {"name": "endpoint", "type": "string"},
                {"name": "until", "type": "uint64"},
            ]
        },
        {"organisation": ASKER, "endpoint": ENDPOINT, "until": NOW},
    )
    signed = wallet.sign_message(typed)
    assert signed.message_hash == request_digest(NETWORK, ASKER, ENDPOINT, NOW)
