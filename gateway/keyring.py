"""Opens the keys of the organisations hosted here, and of the relayer."""

from __future__ import annotations

from typing import Final

from gateway.settings import OrganisationSettings, Settings
from ledger.document.encryption_key import load_encryption_key
from ledger.document.errors import EncryptionKeyUnreadable
from ledger.errors import KeystoreUnreadable
from ledger.host import Host
from ledger.key import SigningKey

FIRST_EPOCH: Final = 1


def open_hosts(settings: Settings) -> dict[int, Host]:
    """Open every hosted organisation's keys.

    Raises
    ------
    KeystoreUnreadable
        If a file is missing or damaged, or the password is not its own.
    """
    password = read_password(settings)
    return {each.number: _host(settings, each, password) for each in settings.organisation}


def open_relayers(settings: Settings) -> tuple[SigningKey, ...]:
    """Open the keys that pay for transactions; none where another process sends them.

    Raises
    ------
    KeystoreUnreadable
        If a file is missing or damaged, or the password is not its own.
    """
    if "relayer" not in settings.gateway.parts:
        return ()
    password = read_password(settings)
    return tuple(
        SigningKey.load(settings.path(file), password) for file in settings.relayer.keystores
    )


def read_password(settings: Settings) -> str:
    """Read the password of the key files.

    Raises
    ------
    KeystoreUnreadable
        If the file is missing.
    """
    path = settings.path(settings.keys.password_file)
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise KeystoreUnreadable(path=str(path), problem=str(error.strerror)) from None


def _host(settings: Settings, hosted: OrganisationSettings, password: str) -> Host:
    keys = {}
    for epoch, file in enumerate(hosted.encryption, FIRST_EPOCH):
        path = settings.path(file)
        try:
            keys[epoch] = load_encryption_key(path.read_bytes(), password.encode())
        except (OSError, EncryptionKeyUnreadable) as error:
            raise KeystoreUnreadable(path=str(path), problem=type(error).__name__) from None
    signing = SigningKey.load(settings.path(hosted.signing), password)
    return Host(number=hosted.number, key=signing, encryption_keys=keys)
