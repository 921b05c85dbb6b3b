"""`consign archive` says what it found, and its exit code says it to programs."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import func, select
from typer.testing import CliRunner

from gateway.cli import app
from ledger.archive.proof import head_of
from ledger.database import connect, migrate, reading, writing
from ledger.embedded import EmbeddedChain
from ledger.lease import Lease
from ledger.model import Event
from tests.archives import Story, told


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """A network's story, and its archive."""
    folder = tmp_path_factory.mktemp("story")
    with EmbeddedChain(folder / "chain", port=0, block_time_s=0.02) as chain:
        yield asyncio.run(told(chain, folder / "network.archive"))


@pytest.fixture
def home(story: Story, tmp_path: Path) -> Path:
    """The folder of a gateway of that network."""
    story.deployment.save(tmp_path / "deployment.json")
    settings = f'[chain]\nurl = "{story.url}"\ndeployment = "deployment.json"\n'
    (tmp_path / "consign.toml").write_text(settings, encoding="utf-8")
    return tmp_path


def test_what_was_exported_is_verified_against_a_node_and_taken_in(
    story: Story, home: Path
) -> None:
    file = home / "network.archive"
    code, said = _run("export", file, "--home", home, "--confirmations", 0)
    assert code == 0, said
    assert f"0x{head_of(file).hash.hex()}" in said
    code, said = _run("verify", file, "--home", home, "--node", story.url)
    assert code == 0, said
    assert "Everything holds." in said
    code, said = _run("import", file, "--home", home)
    assert code == 0, said
    assert f"{head_of(file).blocks} blocks taken in" in said
    engine = connect(f"sqlite:///{home / 'ledger.sqlite'}")
    with reading(engine) as session:
        assert session.exec(select(func.count()).select_from(Event)).one() > story.events
    code, said = _run("import", file, "--home", home)
    assert (code, said.splitlines()[-1]) == (
        0,
        "0 blocks taken in; the gateway goes on from there.",
    )


def test_verification_offline_says_that_nobody_named_the_head(story: Story) -> None:
    code, said = _run("verify", story.path)
    assert code == 0
    assert "nobody you trust has named its head" in said
    assert f"0x{story.head.hex()}" in said


def test_verification_offline_takes_a_head_that_was_typed(story: Story) -> None:
    code, said = _run("verify", story.path, "--head", story.head.hex())
    assert (code, said.splitlines()[-1]) == (0, "Everything holds.")


def test_other_head_does_not_hold(story: Story) -> None:
    code, said = _run("verify", story.path, "--head", "0x" + "01" * 32)
    assert code == 1
    assert f"does not hold at block {head_of(story.path).number}" in said


def test_head_that_the_own_node_contradicts_does_not_hold(story: Story) -> None:
    code, said = _run("verify", story.path, "--head", "01" * 32, "--node", story.url)
    assert code == 1
    assert "not the head that was named" in said


def test_file_that_is_cut_short_does_not_hold(story: Story, tmp_path: Path) -> None:
    path = tmp_path / "short.archive"
    path.write_bytes(story.path.read_bytes()[:-100])
    code, said = _run("verify", path)
    assert code == 1
    assert "cannot be read as an archive" in said


@pytest.mark.parametrize("text", ["0x12", "hello", "0x" + "zz" * 32])
def test_text_that_is_no_hash_is_a_misuse(story: Story, text: str) -> None:
    code, said = _run("verify", story.path, "--head", text)
    assert code == 2
    assert "64 hexadecimal digits" in said


def test_missing_file_could_not_be_looked_at(tmp_path: Path) -> None:
    assert _run("verify", tmp_path / "nothing")[0] == 2


def test_silent_node_could_not_be_asked(story: Story, free_port: int) -> None:
    assert _run("verify", story.path, "--node", f"http://127.0.0.1:{free_port}")[0] == 2


def test_folder_without_settings_cannot_export(tmp_path: Path) -> None:
    assert _run("export", tmp_path / "a", "--home", tmp_path)[0] == 2
    assert not (tmp_path / "a").exists()


def test_archive_that_does_not_hold_is_not_taken_in(story: Story, home: Path) -> None:
    path = home / "short.archive"
    path.write_bytes(story.path.read_bytes()[:-100])
    assert _run("import", path, "--home", home)[0] == 1
    assert not (home / "ledger.sqlite").exists()


def test_database_of_a_running_gateway_is_left_alone(story: Story, home: Path) -> None:
    engine = connect(f"sqlite:///{home / 'ledger.sqlite'}")
    migrate(engine)
    with writing(engine) as session:
        assert Lease("indexer", length_ms=60_000).take(session)
    code, said = _run("import", story.path, "--home", home)
    assert code == 2
    assert "stop the gateway" in said


def _run(command: str, *arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["archive", command, *map(str, arguments)])
    return result.exit_code, result.output
