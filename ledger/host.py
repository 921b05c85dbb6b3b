"""An organisation that this gateway hosts: its keys, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.document.encryption_key import EncryptionKey
from ledger.errors import RegistryOrganisationUnknown
from ledger.key import SigningKey


@dataclass(frozen=True, slots=True)
class Host:
    """An organisation hosted here.

    Parameters
    ----------
    number : int
        The organisation.
    key : SigningKey
        Signs its intents and envelopes.
    encryption_keys : mapping
        Its private encryption keys by key epoch.
    """

    number: int
    key: SigningKey
    encryption_keys: Mapping[int, EncryptionKey]


def require_host(hosts: Mapping[int, Host], organisation: int) -> Host:
    """Find an organisation that is hosted here.

    Raises
    ------
    RegistryOrganisationUnknown
        When it is not.
    """
    host = hosts.get(organisation)
    if host is None:
        raise RegistryOrganisationUnknown(organisation)
    return host
