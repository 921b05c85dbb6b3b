import json
import os
import pickle
from pathlib import Path

import pytest
from eth_account import Account
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import KeystoreUnreadable, SignatureMalformed
from ledger.key import SigningKey, recover, transaction_hash

SECRET = bytes(31) + b"\1"
ADDRESS = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf"
TRANSFER = {
    "chainId": 31337,
    "nonce": 0,
    "gas": 21_000,
    "maxFeePerGas": 0,
    "maxPriorityFeePerGas": 0,
    "to": ADDRESS,
    "value": 0,
    "data": b"",
}


def test_key_has_the_address_of_its_secret() -> None:
    assert SigningKey(SECRET).address == ADDRESS


def test_new_keys_differ() -> None:
    assert SigningKey.create().address != SigningKey.create().address


@given(st.binary(min_size=32, max_size=32))
def test_signature_is_canonical_and_names_its_key(digest: bytes) -> None:
    key = SigningKey(SECRET)
    signature = key.sign(digest)
    assert len(signature) == 65
    assert signature[64] in (27, 28)
    assert recover(digest, signature) == key.address
    assert signature == bytes(Account.unsafe_sign_hash(digest, SECRET).signature)


def test_signature_of_another_digest_names_another_key() -> None:
    key = SigningKey(SECRET)
    assert recover(b"\2" * 32, key.sign(b"\1" * 32)) != key.address


@pytest.mark.parametrize("signature", [b"", bytes(64), bytes(65), b"\xff" * 65, bytes(66)])
def test_bytes_that_are_no_signature_are_refused(signature: bytes) -> None:
    with pytest.raises(SignatureMalformed):
        recover(b"\1" * 32, signature)


def test_transaction_is_signed_as_eth_account_does() -> None:
    raw = SigningKey(SECRET).sign_transaction(TRANSFER)
    assert Account.recover_transaction(raw) == ADDRESS
    signed = Account.sign_transaction({"type": 2, **TRANSFER}, SECRET)
    assert transaction_hash(raw) == bytes(signed.hash)


def test_keystore_gives_the_key_back(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "brand.json"
    SigningKey(SECRET).save(path, "password", is_light=True)

    assert SigningKey.load(path, "password").address == ADDRESS
    assert path.stat().st_mode & 0o777 == 0o600
    assert SECRET.hex() not in path.read_text()


def test_keystore_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "brand.json"
    SigningKey(SECRET).save(path, "password", is_light=True)
    with pytest.raises(FileExistsError):
        SigningKey.create().save(path, "password", is_light=True)
    assert SigningKey.load(path, "password").address == ADDRESS


def test_wrong_password_and_damaged_files_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "brand.json"
    SigningKey(SECRET).save(path, "password", is_light=True)
    with pytest.raises(KeystoreUnreadable, match=r"brand\.json"):
        SigningKey.load(path, "Password")

    keystore = json.loads(path.read_text())
    for damaged in ["", "{}", "[]", "null", json.dumps(keystore | {"version": 9})]:
        path.write_text(damaged)
        with pytest.raises(KeystoreUnreadable):
            SigningKey.load(path, "password")


def test_missing_keystore_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(KeystoreUnreadable, match="FileNotFoundError"):
        SigningKey.load(tmp_path / "absent.json", "password")


def test_secret_does_not_show(tmp_path: Path) -> None:
    key = SigningKey(SECRET)
    assert SECRET.hex() not in repr(key) + str(key)
    with pytest.raises(TypeError, match="not to be pickled"):
        pickle.dumps(key)
    with pytest.raises(KeystoreUnreadable) as caught:
        SigningKey.load(tmp_path, os.fsdecode(SECRET.hex()))
    assert SECRET.hex() not in str(caught.value)
