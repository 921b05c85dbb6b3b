"""Replacing the encryption key of a hosted organisation, and destroying the ones before it.

A rotation writes the new key file, names it in the settings, and only then tells the registry, so
that there is no moment at which something could be sealed to a key that nobody holds. Stopped
anywhere, it is taken up where it stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gateway.keyring import host_of, hosted_by, read_password
from gateway.private_file import destroy, write_private
from gateway.settings import OrganisationSettings, Settings
from gateway.settings_file import name_encryption_keys
from ledger.client import Client
from ledger.contracts import encode_set_encryption_key
from ledger.deployment import Deployment
from ledger.direct import send
from ledger.document.encryption_key import (
    EncryptionKey,
    HybridKey,
    bundle_of,
    new_encryption_key,
    new_hybrid_key,
    public_bytes,
    save_encryption_key,
)
from ledger.fault import KeyEpochUnexpected
from ledger.host import Host
from ledger.vault import FileVault
from ledger.view import read_organisation


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation came to: the epoch that is current now, its file and its public key."""

    epoch: int
    file: Path
    public_key: bytes


async def rotate(home: Path, organisation: int | None, *, is_hybrid: bool = False) -> Rotation:
    """Give a hosted organisation a new encryption key; what is sealed from the next block on is
    sealed to it.

    Raises
    ------
    KeyEpochUnexpected
        When the keys held do not end with the one that the registry names.
    Refused
        When the signing key may not administer the organisation.
    """
    settings = Settings.load(home)
    hosted = hosted_by(settings, organisation)
    deployment = Deployment.load(settings.path(settings.chain.deployment))
    async with Client(settings.chain.url) as client:
        registered = await _registered(client, deployment, hosted.number)
        host = host_of(settings, hosted)
        if not _is_begun(host, registered):
            hosted = _begin(settings, hosted, registered[0] + 1, is_hybrid=is_hybrid)
            host = host_of(Settings.load(home), hosted)
        epoch, file = max(hosted.encryption_by_epoch.items())
        key = host.encryption_keys[epoch]
        publish(FileVault(settings.path(settings.vault.folder)), key)
        data = encode_set_encryption_key(hosted.number, public_bytes(key))
        await send(client, host.key, deployment.registry, data)
        registered = await _registered(client, deployment, hosted.number)
    if registered != (epoch, public_bytes(key)):
        raise KeyEpochUnexpected(organisation=hosted.number, held=epoch, registered=registered[0])
    return Rotation(epoch, settings.path(file), public_bytes(key))


def publish(vault: FileVault, key: EncryptionKey) -> None:
    """Put what others need beside the registry's 32 bytes where they can fetch it."""
    if isinstance(key, HybridKey):
        vault.put(bundle_of(key))


def retire(home: Path, organisation: int | None) -> list[Path]:
    """Destroy every key of a hosted organisation but the newest; gives the files that are gone.

    Whoever calls has made sure that nothing is lost with them.
    """
    settings = Settings.load(home)
    hosted = hosted_by(settings, organisation)
    newest, kept = max(hosted.encryption_by_epoch.items())
    name_encryption_keys(settings.home, hosted.number, [str(kept)], newest)
    old = [settings.path(file) for file in hosted.encryption if file != kept]
    for path in old:
        destroy(path)
    return old


def require_newest(host: Host, epoch: int, public_key: bytes | None) -> None:
    """Check that the newest key held is the one that the registry names.

    Raises
    ------
    KeyEpochUnexpected
        When it is not.
    """
    held = max(host.encryption_keys)
    if held != epoch or public_bytes(host.encryption_keys[held]) != public_key:
        raise KeyEpochUnexpected(organisation=host.number, held=held, registered=epoch)


def _is_begun(host: Host, registered: tuple[int, bytes]) -> bool:
    """Whether an earlier rotation stopped before the registry knew of it."""
    epoch, public_key = registered
    held = max(host.encryption_keys)
    before = host.encryption_keys.get(epoch)
    if held == epoch + 1 and (before is None or public_bytes(before) == public_key):
        return True
    require_newest(host, epoch, public_key)
    return False


def _begin(
    settings: Settings, hosted: OrganisationSettings, epoch: int, *, is_hybrid: bool
) -> OrganisationSettings:
    """Write the next key's file, and name it in the settings."""
    file = hosted.signing.with_name(f"{hosted.signing.stem}.epoch-{epoch}.pem")
    key = new_hybrid_key() if is_hybrid else new_encryption_key()
    password = read_password(settings).encode()
    write_private(settings.path(file), save_encryption_key(key, password))
    files = [str(each) for each in (*hosted.encryption, file)]
    name_encryption_keys(settings.home, hosted.number, files, hosted.first_epoch)
    return hosted_by(Settings.load(settings.home), hosted.number)


async def _registered(
    client: Client, deployment: Deployment, organisation: int
) -> tuple[int, bytes]:
    member = await read_organisation(client, deployment.registry, organisation)
    return member.encryption_epoch, member.encryption_key
