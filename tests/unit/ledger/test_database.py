"""Transactions keep the same rules on every database."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlmodel import select

from ledger.counter import INTENT, take
from ledger.database import connect, migrate, reading, upsert, writing
from ledger.errors import DatabaseUnreachable, DatabaseUrlInvalid, Unreachable
from ledger.model import Organisation
from tests.postgres import FreshDatabase, Server

WRITERS, TAKES = 4, 25
UINT32_MAX = 2**32 - 1


@pytest.fixture
def engine(tmp_path: Path, fresh_database: FreshDatabase) -> Iterator[Engine]:
    engine = connect(fresh_database(tmp_path))
    migrate(engine)
    yield engine
    engine.dispose()


def member(number: int, name: str = "Mill") -> dict[str, object]:
    return {
        "number": number,
        "roles": UINT32_MAX,
        "is_suspended": False,
        "name": name,
        "endpoint": "http://127.0.0.1",
        "encryption_epoch": 0,
    }


def test_one_writer_at_a_time_so_what_was_looked_up_still_holds(engine: Engine) -> None:
    def count() -> None:
        for _ in range(TAKES):
            with writing(engine) as session:
                found = session.get(Organisation, 1)
                known = int(found.name) + 1 if found else 0
                upsert(session, Organisation, [member(1, str(known))])

    writers = [threading.Thread(target=count) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with reading(engine) as session:
        assert session.exec(select(Organisation.name)).all() == [str(WRITERS * TAKES - 1)]


def test_a_reader_sees_one_moment_while_others_write(engine: Engine) -> None:
    with writing(engine) as session:
        upsert(session, Organisation, [member(1)])
    with reading(engine) as session:
        before = session.exec(select(Organisation.number)).all()
        with writing(engine) as other:
            upsert(other, Organisation, [member(2)])
        assert session.exec(select(Organisation.number)).all() == before == [1]
    with reading(engine) as session:
        assert len(session.exec(select(Organisation.number)).all()) == 2


def test_numbers_of_members_take_all_their_32_bits(engine: Engine) -> None:
    with writing(engine) as session:
        upsert(session, Organisation, [member(UINT32_MAX)])
    with reading(engine) as session:
        found = session.get(Organisation, UINT32_MAX)
        assert found is not None and found.roles == UINT32_MAX


def test_numbers_that_were_handed_out_exceed_32_bits(engine: Engine) -> None:
    with writing(engine) as session:
        first = take(session, INTENT, 2**40)
        assert take(session, INTENT, 1) == first + 2**40


def test_what_was_written_before_an_error_is_taken_back(engine: Engine) -> None:
    def fail() -> None:
        with writing(engine) as session:
            upsert(session, Organisation, [member(1)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with reading(engine) as session:
        assert session.exec(select(Organisation)).all() == []


@pytest.fixture
def on_server(tmp_path: Path, postgres_server: Server) -> Iterator[Engine]:
    with postgres_server.dropping():
        engine = connect(postgres_server.database(tmp_path))
        yield engine
        engine.dispose()


def test_a_reader_cannot_write_by_mistake(on_server: Engine) -> None:
    with pytest.raises(Exception, match="read-only"), reading(on_server) as session:
        upsert(session, Organisation, [member(1)])


def test_a_server_that_is_away_has_a_name(tmp_path: Path) -> None:
    engine = connect(f"postgresql://consign:secret@/consign?host={tmp_path}")
    with pytest.raises(DatabaseUnreachable) as caught, writing(engine):
        pass
    assert isinstance(caught.value, Unreachable), "whoever tries again on Unreachable does so here"
    assert caught.value.status == 503
    assert "secret" not in str(caught.value)


def test_a_file_that_cannot_be_opened_has_a_name(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'absent' / 'ledger.sqlite'}")
    with pytest.raises(DatabaseUnreachable), reading(engine):
        pass


def test_a_connection_that_the_server_ended_is_named_and_replaced(on_server: Engine) -> None:
    other = create_engine(on_server.url)

    def write_meanwhile() -> None:
        with writing(on_server) as session:
            upsert(session, Organisation, [member(1)])
            with other.connect() as connection:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    with pytest.raises(DatabaseUnreachable):
        write_meanwhile()
    with writing(on_server) as session:
        assert session.exec(select(Organisation)).all() == []
    other.dispose()


def test_a_mistake_in_a_statement_is_no_trouble_that_passes(engine: Engine) -> None:
    with pytest.raises(Exception, match="nonsense") as caught, reading(engine) as session:
        session.connection().exec_driver_sql("SELECT nonsense")
    assert not isinstance(caught.value, DatabaseUnreachable)


@pytest.mark.parametrize("url", ["", "ledger.sqlite", "mysql://root:secret@host/consign"])
def test_other_addresses_are_refused_without_telling_them(url: str) -> None:
    with pytest.raises(DatabaseUrlInvalid) as caught:
        connect(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_driver_need_not_be_named(scheme: str) -> None:
    assert connect(f"{scheme}://consign@host/consign").url.drivername == "postgresql+psycopg"
