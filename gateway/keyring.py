"""Opens the keys of the organisations hosted here, and of the relayer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from gateway.settings import SETTINGS_FILE, OrganisationSettings, Settings, SettingsInvalid
from ledger.document.encryption_key import EncryptionKey, load_encryption_key
from ledger.document.errors import EncryptionKeyUnreadable
from ledger.errors import KeystoreUnreadable
from ledger.host import Host
from ledger.key import SigningKey

_log = logging.getLogger(__name__)


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


class EncryptionKeys(Mapping[int, EncryptionKey]):
    """An organisation's encryption keys by epoch, as the settings file names them now.

    A key is rotated beside a gateway that runs: what is sealed to the new key from the next block
    on opens at once, and what was destroyed is forgotten.

    Parameters
    ----------
    hosted : OrganisationSettings
        Whose keys, and where they are at the start.
    password : str
        Opens the files.
    """

    def __init__(self, settings: Settings, hosted: OrganisationSettings, password: str) -> None:
        self._home = settings.home
        self._number = hosted.number
        self._password = password
        self._guard = threading.Lock()
        self._version = _version_of(settings.home)
        self._keys = _opened(settings, hosted, password, {})

    def __getitem__(self, epoch: int) -> EncryptionKey:
        """Give the key of an epoch."""
        return self._current()[epoch]

    def __iter__(self) -> Iterator[int]:
        """Go through the epochs whose keys are held, the oldest first."""
        return iter(self._current())

    def __len__(self) -> int:
        """Count the keys held."""
        return len(self._current())

    def _current(self) -> dict[int, EncryptionKey]:
        version = _version_of(self._home)
        if version != self._version:
            with self._guard:
                self._keys = self._read_anew()
                self._version = version
        return self._keys

    def _read_anew(self) -> dict[int, EncryptionKey]:
        try:
            settings = Settings.load(self._home)
            hosted = hosted_by(settings, self._number)
            return _opened(settings, hosted, self._password, self._keys)
        except (SettingsInvalid, KeystoreUnreadable) as problem:
            # Somebody is editing by hand; until the file is whole again the keys stay as they are.
            _log.warning("the encryption keys stay as they were: %s", problem)
            return self._keys


def hosted_by(settings: Settings, organisation: int | None) -> OrganisationSettings:
    """Find a hosted organisation; the first one when none is named.

    Raises
    ------
    SettingsInvalid
        If there is no such organisation.
    """
    for hosted in settings.organisation:
        if organisation in (None, hosted.number):
            return hosted
    raise SettingsInvalid(settings.home, [f"it hosts no organisation {organisation or ''}".strip()])


def host_of(settings: Settings, hosted: OrganisationSettings) -> Host:
    """Open one organisation's keys.

    Raises
    ------
    KeystoreUnreadable
        If a file is missing or damaged, or the password is not its own.
    """
    return _host(settings, hosted, read_password(settings))


def _host(settings: Settings, hosted: OrganisationSettings, password: str) -> Host:
    signing = SigningKey.load(settings.path(hosted.signing), password)
    keys = EncryptionKeys(settings, hosted, password)
    return Host(number=hosted.number, key=signing, encryption_keys=keys)


def _opened(
    settings: Settings,
    hosted: OrganisationSettings,
    password: str,
    known: Mapping[int, EncryptionKey],
) -> dict[int, EncryptionKey]:
    """Open the key files; a key that is known is not read again, as a derivation takes its time."""
    keys = {}
    for epoch, file in hosted.encryption_by_epoch.items():
        path = settings.path(file)
        try:
            key = known.get(epoch)
            keys[epoch] = key or load_encryption_key(path.read_bytes(), password.encode())
        except (OSError, EncryptionKeyUnreadable) as error:
            raise KeystoreUnreadable(path=str(path), problem=type(error).__name__) from None
    return keys


def _version_of(home: Path) -> tuple[int, int]:
    try:
        found = (home / SETTINGS_FILE).stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_ino)
