"""Databases for tests: SQLite files, and a PostgreSQL server from Debian's package.

The server lives in a temporary folder, listens on a socket there and nowhere else, and ends with
the process of the tests. Without the package the tests that need it are skipped.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg
import pytest

from gateway.database import migrate
from ledger import database

KINDS: Final = ("sqlite", "postgresql")
PACKAGE: Final = "install Debian's package postgresql to run the tests on PostgreSQL too"
START_TIMEOUT_S: Final = 30
TEMPLATE: Final = "migrated"
SETTINGS: Final = {
    "listen_addresses": "",
    # The tests' databases are thrown away: they need not survive a power cut.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "max_connections": "300",
    "autovacuum": "off",
}

LASTING: Final = {**SETTINGS, "synchronous_commit": "on"}
"""Settings for a server whose processes are killed."""

FreshDatabase = Callable[[Path], str]
"""Gives the URL of a folder's own database, the same for the same folder."""


def sqlite_database(folder: Path) -> str:
    """Keep a folder's database in a file there."""
    return f"sqlite:///{folder / 'ledger.sqlite'}"


@dataclass
class Choice:
    """Where the gateways of the test that runs keep their tables."""

    url: FreshDatabase = sqlite_database


CHOICE: Final = Choice()


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that runs."""

    folder: Path
    made: list[str] = field(default_factory=list)

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def database(self, folder: Path) -> str:
        """Make a folder's own database, with all tables, unless it is there."""
        name = "t" + hashlib.sha256(str(folder).encode()).hexdigest()[:20]
        self.create(name, TEMPLATE)
        return self.url(name)

    def create(self, name: str, template: str = "template0") -> None:
        """Make a database as a copy of another one, unless it is there."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            if known.fetchone() is None:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
                self.made.append(name)

    def backends(self) -> list[int]:
        """Process ids of those that serve connections."""
        with psycopg.connect(self.url("postgres")) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity"
                " WHERE datname <> current_database() AND backend_type = 'client backend'"
            )
            return [pid for (pid,) in found.fetchall()]

    @contextmanager
    def dropping(self) -> Iterator[None]:
        """Drop in the end what was made meanwhile: each database takes several megabytes."""
        before = len(self.made)
        yield
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            while len(self.made) > before:
                connection.execute(f"DROP DATABASE {self.made.pop()} WITH (FORCE)".encode())


def programs() -> Path | None:
    """The folder of the newest server that is installed."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def server(settings: Mapping[str, str] = SETTINGS) -> Iterator[Server]:
    """Run a server, with a database to copy, for as long as the body takes.

    Skips the test when PostgreSQL is not installed.
    """
    found = programs()
    if found is None:
        pytest.skip(PACKAGE)
    # The path of a socket has little room, so it lies in no folder of a test.
    folder = Path(tempfile.mkdtemp(prefix="consign-"))
    try:
        account = _account()
        os.chown(folder, account.pw_uid, account.pw_gid)
        _initialise(found, folder, account)
        with _running(found, folder, account, settings) as running:
            running.create(TEMPLATE)
            engine = database.connect(running.url(TEMPLATE))
            migrate(engine)
            engine.dispose()
            yield running
    finally:
        shutil.rmtree(folder)


def _account() -> pwd.struct_passwd:
    """Who runs the server: it refuses to be root."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    known = {each.pw_name: each for each in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _as_account(account: pwd.struct_passwd, *more: str) -> list[str]:
    if os.getuid() == account.pw_uid:
        return ["setpriv", *more]
    return [
        "setpriv",
        f"--reuid={account.pw_uid}",
        f"--regid={account.pw_gid}",
        "--clear-groups",
        *more,
    ]


def _initialise(found: Path, folder: Path, account: pwd.struct_passwd) -> None:
    settings = ["--no-sync", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]
    subprocess.run(
        [*_as_account(account), found / "initdb", "-D", folder / "data", *settings],
        check=True,
        capture_output=True,
        cwd=folder,
    )


@contextmanager
def _running(
    found: Path, folder: Path, account: pwd.struct_passwd, settings: Mapping[str, str]
) -> Iterator[Server]:
    chosen = [f"--{name}={value}" for name, value in settings.items()]
    program = [str(found / "postgres"), "-D", str(folder / "data"), "-k", str(folder), *chosen]
    with (folder / "log").open("wb") as log:
        # Whatever ends these tests ends the server.
        process = subprocess.Popen(
            [*_as_account(account, "--pdeathsig=QUIT"), *program],
            stdout=log,
            stderr=log,
            cwd=folder,
        )
    try:
        running = Server(folder)
        _await_answer(running, process)
        yield running
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _await_answer(running: Server, process: subprocess.Popen[bytes]) -> None:
    deadline_s = time.monotonic() + START_TIMEOUT_S
    while True:
        try:
            psycopg.connect(running.url("postgres")).close()
        except psycopg.OperationalError:
            assert process.poll() is None, (running.folder / "log").read_text()
            assert time.monotonic() < deadline_s, "the database server does not start"
            time.sleep(0.02)
        else:
            return
