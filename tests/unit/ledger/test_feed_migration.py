"""A feed with one row for each fact becomes one with an entry for each record; places stay."""

import json
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

import ledger
from ledger.database import connect, migrate
from ledger.queries import Queries

EVENT = {"organisation": 1, "machine": "order", "agreement": 9, "order_number": 1, "action": 1}
LOST = EVENT | {"block_number": 6, "log_index": 0, "position": 0, "number": 1}


def at_version(connection: Connection, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(ledger.__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, version)


def insert(connection: Connection, table: str, **columns: object) -> None:
    names = ", ".join(columns)
    values = ", ".join(f":{name}" for name in columns)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), columns)


def test_notices_keep_their_places(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'old.sqlite'}")
    with engine.begin() as connection:
        at_version(connection, "0002")
        insert(connection, "block", number=5, hash=b"h", parent=b"p", time=77)
        insert(connection, "record", block_number=5, log_index=0, transaction_log=0, organisation=1)
        for position in (0, 2):
            place = {"block_number": 5, "log_index": 0, "position": position}
            columns = EVENT | {"number": 1 + position, "facts": "null"}
            insert(connection, "event", **place, **columns)
            insert(connection, "feed", topic="event", **place)
        for topic in ("event", "retracted"):
            insert(connection, "feed", topic=topic, agreement=9, body=json.dumps(LOST))
        insert(connection, "feed", topic="intent", organisation=1, body='{"intent": 3}')
    migrate(engine)
    notices = Queries(engine).notices(None, 0)
    told = [(each.sequence, each.topic, each.body.get("position")) for each in notices]
    assert told == [
        (1, "event", 0),
        (2, "event", 2),
        (3, "event", 0),
        (4, "retracted", 0),
        (5, "intent", None),
    ]
    assert notices[0].body["timestamp"] == 77
    assert notices[0].body["facts"] is None
    assert Queries(engine).notices(None, 1) == notices[1:]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT facts FROM record")).scalar_one() == 2
        assert connection.execute(text("SELECT DISTINCT facts FROM event")).scalar_one() is None
        next_place = "SELECT next FROM counter WHERE name = 'feed'"
        assert connection.execute(text(next_place)).scalar_one() == 6
    engine.dispose()
