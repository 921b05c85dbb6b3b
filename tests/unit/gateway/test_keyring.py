"""Which keys a process opens."""

from pathlib import Path

import pytest

from gateway.keyring import host_of, hosted_by, open_relayers
from gateway.private_file import destroy, write_private
from gateway.settings import Settings, SettingsInvalid
from gateway.settings_file import name_encryption_keys
from ledger.document.encryption_key import (
    new_encryption_key,
    new_hybrid_key,
    public_bytes,
    save_encryption_key,
)
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


def _member(folder: Path) -> Settings:
    text = (
        '[[organisation]]\nnumber = 3\nsigning = "keys/three.json"\n'
        'encryption = ["keys/three.pem"]\n'
    )
    settings = _home(folder, text)
    SigningKey.create().save(folder / "keys" / "three.json", PASSWORD, is_light=True)
    pem = save_encryption_key(new_encryption_key(), PASSWORD.encode())
    write_private(folder / "keys" / "three.pem", pem)
    return settings


def test_keys_that_are_named_or_left_out_later_are_known_at_once(tmp_path: Path) -> None:
    settings = _member(tmp_path)
    keys = host_of(settings, hosted_by(settings, 3)).encryption_keys
    first = keys[1]
    assert list(keys) == [1]
    new = new_hybrid_key()
    write_private(tmp_path / "keys" / "new.pem", save_encryption_key(new, PASSWORD.encode()))
    name_encryption_keys(tmp_path, 3, ["keys/three.pem", "keys/new.pem"], 1)
    assert 2 in keys
    assert public_bytes(keys[2]) == public_bytes(new)
    assert keys[1] is first
    name_encryption_keys(tmp_path, 3, ["keys/new.pem"], 2)
    assert (list(keys), len(keys)) == ([2], 1)


def test_keys_stay_as_they_were_while_the_settings_are_broken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = _member(tmp_path)
    keys = host_of(settings, hosted_by(settings, None)).encryption_keys
    name_encryption_keys(tmp_path, 3, ["keys/three.pem", "keys/absent.pem"], 1)
    assert list(keys) == [1]
    assert "absent.pem" in caplog.text
    write_private(tmp_path / "consign.toml", b"[[")
    assert list(keys) == [1]


def test_an_organisation_that_is_not_hosted_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="no organisation 9"):
        hosted_by(_member(tmp_path), 9)


def test_a_file_is_for_its_owner_only_and_gone_when_it_was_destroyed(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "key"
    write_private(path, b"secret")
    assert path.stat().st_mode & 0o777 == 0o600
    destroy(path)
    destroy(path)
    assert list(path.parent.iterdir()) == []
