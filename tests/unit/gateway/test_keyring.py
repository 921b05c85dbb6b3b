"""Which keys a process opens."""

from pathlib import Path

import pytest

from gateway.keyring import open_relayers
from gateway.settings import Settings
from ledger.errors import KeystoreUnreadable
from ledger.key import SigningKey

PASSWORD = "for tests"


def _home(folder: Path, text: str) -> Settings:
    (folder / "keys").mkdir()
    (folder / "keys" / "password").write_text(PASSWORD)
    (folder / "consign.toml").write_text(text)
    return Settings.load(folder)


def test_every_relayer_key_is_opened_in_its_order(tmp_path: Path) -> None:
    settings = _home(tmp_path, '[relayer]\nkeystores = ["keys/a.json", "keys/b.json"]\n')
    keys = [SigningKey.create(), SigningKey.create()]
    for name, key in zip("ab", keys, strict=True):
        key.save(tmp_path / "keys" / f"{name}.json", PASSWORD, is_light=True)
    found = open_relayers(settings)
    assert [key.address for key in found] == [key.address for key in keys]


def test_a_relayer_key_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeystoreUnreadable, match=r"relayer\.json"):
        open_relayers(_home(tmp_path, ""))


def test_a_process_that_does_not_send_needs_no_relayer_key(tmp_path: Path) -> None:
    assert open_relayers(_home(tmp_path, '[gateway]\nparts = ["http", "indexer"]\n')) == ()
