"""The keys of one hosted organisation at work: what they open given to others, or erased.

Works beside a gateway that runs, on the same database and vault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from gateway.database import migrate
from gateway.keyring import hosted_by, open_hosts
from gateway.rotation import require_newest
from gateway.settings import Settings
from ledger.client import Client
from ledger.database import connect, reading
from ledger.deployment import Deployment
from ledger.document.rewrap import read_rewrap, signer_of
from ledger.errors import RegistryOrganisationUnknown
from ledger.fault import KeyStillNeeded, RecipientRevoked
from ledger.host import Host
from ledger.identifier import OrderId
from ledger.intent import domain_separator
from ledger.model import Organisation
from ledger.query.sealed import sealed_for
from ledger.rewrapping import Rewrapping, own_recipient
from ledger.sealing import recipients_of, with_bundle
from ledger.shredding import Shredder
from ledger.vault import Cid, FileVault, Vault
from ledger.vault.ipfs import replicate
from ledger.view import read_view


@dataclass(frozen=True, slots=True)
class KeyDesk:
    """One hosted organisation, its gateway's database and its vault."""

    settings: Settings
    deployment: Deployment
    host: Host
    hosts: dict[int, Host]
    engine: Engine
    vault: Vault
    rewrapping: Rewrapping

    def rewrap_to_newest(self) -> list[Cid]:
        """Give the organisation's newest key everything that was sealed to earlier ones."""
        newest = own_recipient(self.host, max(self.host.encryption_keys))
        return self.rewrapping.rewrap_all(self.host, newest, self.cids())

    def rewrap_for(self, member: int, cids: Sequence[str]) -> list[Cid]:
        """Give another member's current key documents that this organisation can open.

        Raises
        ------
        RegistryOrganisationUnknown
            When there is no such member.
        RecipientRevoked
            When nothing is sealed to it any more.
        """
        with reading(self.engine) as session:
            recipients = recipients_of(session, [member])
        if not recipients:
            raise RecipientRevoked(organisation=member)
        return self.rewrapping.rewrap_all(self.host, with_bundle(self.vault, recipients[0]), cids)

    async def accept(self, block: bytes) -> int:
        """Take a rewrap in that was made for this organisation; gives how many documents it has.

        Raises
        ------
        EnvelopeError
            When it is not sealed for the organisation, or its signer may not speak for its sender
            now.
        """
        parts = read_rewrap(block)
        signer = signer_of(parts)
        view = "OrgRegistry.permissionsOf"
        async with Client(self.settings.chain.url) as client:
            (permissions,) = await read_view(
                client, self.deployment.registry, view, parts.header.sender, signer
            )
        return self.rewrapping.accept(self.host, block, [signer] if permissions else [])

    def cids(self, agreement: int | None = None, order: OrderId | None = None) -> list[str]:
        """List the organisation's sealed documents: all, an agreement's, or an order's."""
        about = (agreement, None) if order is None else order
        with reading(self.engine) as session:
            return sealed_for(session, self.host.number, agreement=about[0], order_number=about[1])

    def require_newest(self) -> None:
        """Check that the newest key is the one that this gateway has seen in the registry.

        Raises
        ------
        RegistryOrganisationUnknown
            When it has not seen the organisation.
        KeyEpochUnexpected
            When it has seen another key.
        """
        with reading(self.engine) as session:
            member = session.get(Organisation, self.host.number)
        if member is None:
            raise RegistryOrganisationUnknown(self.host.number)
        require_newest(self.host, member.encryption_epoch, member.encryption_key)

    def require_all_rewrapped(self) -> None:
        """Check that the newest key opens everything by itself.

        Raises
        ------
        KeyStillNeeded
            When an earlier key is the only way to something.
        """
        newest = own_recipient(self.host, max(self.host.encryption_keys))
        lost = self.rewrapping.depending(self.host, newest, self.cids())
        if lost:
            raise KeyStillNeeded(organisation=self.host.number, documents=len(lost))

    def shred(self, commitments: Sequence[bytes], *, is_forced: bool) -> list[str]:
        """Erase documents; gives the CIDs of the blocks that are gone.

        Raises
        ------
        IpfsUnreachable, IpfsRefused
            If they are gone here, but the daemon that replicates them has them still.
        """
        shredder = Shredder(self.engine, self.vault, self.rewrapping, self.hosts)
        gone = shredder.shred(commitments, is_forced=is_forced)
        if gone and self.settings.vault.ipfs is not None:
            replicate(self.vault, self.settings.vault.ipfs)
        return gone


@contextmanager
def key_desk(home: Path, organisation: int | None) -> Iterator[KeyDesk]:
    """Open the keys, the database and the vault of a gateway's folder.

    Raises
    ------
    SettingsInvalid
        If the folder hosts no such organisation.
    KeystoreUnreadable
        If a key cannot be opened.
    """
    settings = Settings.load(home)
    hosted = hosted_by(settings, organisation)
    hosts = open_hosts(settings)
    deployment = Deployment.load(settings.path(settings.chain.deployment))
    vault = FileVault(settings.path(settings.vault.folder))
    engine = connect(settings.database_url)
    try:
        migrate(engine)
        rewrapping = Rewrapping(engine, vault, domain_separator(deployment.order_domain))
        yield KeyDesk(settings, deployment, hosts[hosted.number], hosts, engine, vault, rewrapping)
    finally:
        engine.dispose()
