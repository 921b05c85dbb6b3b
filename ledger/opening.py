"""Opening sealed blocks for the organisations hosted here, with their keys or what rewraps gave."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from ledger.database import reading
from ledger.document.envelope import OpenedDocument, open_envelope, open_with_key
from ledger.document.errors import EpochStale, RecipientAbsent
from ledger.document.header import Binding
from ledger.host import Host
from ledger.rewrapping import rewrapped_keys
from ledger.vault import Vault, cid_of


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens blocks.

    Parameters
    ----------
    network : bytes
        Domain separator of the ledger.
    hosts : mapping
        Organisations hosted here, by number.
    """

    engine: Engine
    vault: Vault
    network: bytes
    hosts: Mapping[int, Host]

    def open(
        self,
        organisation: int,
        block: bytes,
        *,
        expected_binding: Binding,
        expected_commitment: bytes,
        expected_senders: Collection[str],
    ) -> OpenedDocument:
        """Open a block for a hosted organisation and check everything about it.

        Raises
        ------
        DocumentError
            As `open_envelope` does; that it is sealed for others or an earlier key only where no
            rewrap holds its key either.
        """
        host = self.hosts[organisation]
        try:
            return open_envelope(
                block,
                organisation=organisation,
                private_keys=host.encryption_keys,
                expected_binding=expected_binding,
                expected_commitment=expected_commitment,
                expected_senders=expected_senders,
            )
        except (RecipientAbsent, EpochStale):
            content_key = self._rewrapped(host, cid_of(block))
            if content_key is None:
                raise
        return open_with_key(
            block,
            content_key=content_key,
            expected_binding=expected_binding,
            expected_commitment=expected_commitment,
            expected_senders=expected_senders,
        )

    def _rewrapped(self, host: Host, cid: str) -> bytes | None:
        with reading(self.engine) as session:
            return rewrapped_keys(session, self.vault, self.network, host, [cid]).get(cid)
