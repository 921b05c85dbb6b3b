"""Databases of the simulation: statements and commits that can fail, or be a process's last."""

from typing import Any

from sqlalchemy import Dialect, Engine, event

from tests.simulation.runtime.life import Life
from tests.simulation.runtime.weather import driver_error

_LIFE = "life"
_SHARED: list[tuple[Dialect, Any]] = []
"""One dialect and its compiled statements for all: compiling is most of what a short life costs."""


def give(engine: Engine, life: Life) -> None:
    """Let a database be that of a life."""
    engine.dispose()
    if not _SHARED:
        _listen(engine)
        _SHARED.append((engine.dialect, engine._compiled_cache))
    engine.dialect, engine._compiled_cache = _SHARED[0]

    def begin(connection: Any, record: Any) -> None:
        record.info[_LIFE] = life
        # The machine stays up when a process dies: nothing has to reach the disk.
        connection.execute("PRAGMA synchronous = OFF")

    event.listen(engine, "connect", begin)


def _listen(engine: Engine) -> None:
    event.listen(engine, "do_execute", _before)
    event.listen(engine, "do_executemany", _before)
    vars(engine.dialect)["do_commit"] = _commit


def _before(cursor: Any, statement: str, parameters: Any, context: Any) -> None:
    life: Life = context.root_connection.connection.info[_LIFE]
    life.live_through("statement")
    kind = life.weather.strike(is_commit=False)
    if kind is not None:
        raise driver_error(kind)


def _commit(connection: Any) -> None:
    life: Life = connection.info[_LIFE]
    life.live_through("before commit")
    kind = life.weather.strike(is_commit=True)
    if kind is not None and not kind.endswith("after commit"):
        raise driver_error(kind)
    connection.commit()
    if kind is not None:
        raise driver_error(kind)
    life.live_through("after commit")
