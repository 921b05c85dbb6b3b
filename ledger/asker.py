"""Who asks another gateway for blocks: a short-lived statement, signed with a member's key.

A request carries it as ::

    Authorization: Consign endpoint="https://gateway.example", until=1795000000,
                   by="3:<signature> 7:<signature>"

`by` names each organisation that asks, and its signature r ‖ s ‖ v in base64url without padding
over the EIP-712 digest, in the domain of the order ledger, of ::

    BlockRequest(uint32 organisation,string endpoint,uint64 until)

The endpoint is the one that the registry names for the gateway asked, without a slash at its end
and with what URLs may not hold percent-encoded: whoever runs that gateway cannot ask a third one
with what it was shown. `until` (Unix seconds) is one of every
``WINDOW_S``, so that a statement serves many requests and is signed and checked once.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from eth_hash.auto import keccak
from sqlmodel import Session, col, select

from ledger.clock import now_ms
from ledger.errors import IntentUnauthorised, RegistryOrganisationUnknown, SignatureMalformed
from ledger.host import Host
from ledger.key import recover
from ledger.model import Organisation
from ledger.prediction import Permissions
from ledger.role import Permission
from ledger.vault.errors import AskerUnproven

SCHEME: Final = "Consign"
WINDOW_S: Final = 300
LIFETIME_S: Final = 3 * WINDOW_S
SKEW_S: Final = 300
"""How far the clock of whoever asks may be ahead of ours."""
ASKERS_MAX: Final = 64
"""For how many organisations one request may ask."""

_IN_URLS: Final = ":/?#[]@!$&'()*+,;=%"
_TYPE_HASH: Final = keccak(b"BlockRequest(uint32 organisation,string endpoint,uint64 until)")
_is_statement: Final = re.compile(
    rf'{SCHEME} endpoint="([^"]{{0,2048}})", until=(\d{{1,12}}), by="([\w: -]{{1,8000}})"',
    re.ASCII | re.IGNORECASE,
).fullmatch
_is_signature: Final = re.compile(r"(\d{1,10}):([\w-]{87})", re.ASCII).fullmatch


@dataclass(frozen=True, slots=True)
class Statement:
    """What a request says about who asks; nothing of it is proven."""

    endpoint: str
    until: int
    signatures: Mapping[int, bytes]


class Askers:
    """Signs for the organisations hosted here.

    Parameters
    ----------
    network : bytes
        Domain separator of the order ledger, 32 bytes.
    """

    def __init__(self, network: bytes, hosts: Mapping[int, Host]) -> None:
        self._network = network
        self._hosts = hosts
        self._signed = lru_cache(maxsize=16_384)(self._sign)

    def authorization(self, endpoint: str, organisations: Collection[int]) -> str:
        """Give the header with which organisations ask the gateway at an endpoint."""
        assert 0 < len(organisations) <= ASKERS_MAX, "no more than one request takes"
        place = _spelled(endpoint)
        until = now_ms() // 1000 // WINDOW_S * WINDOW_S + LIFETIME_S
        by = " ".join(self._signed(each, place, until) for each in sorted(organisations))
        return f'{SCHEME} endpoint="{place}", until={until}, by="{by}"'

    def _sign(self, organisation: int, endpoint: str, until: int) -> str:
        digest = request_digest(self._network, organisation, endpoint, until)
        signature = self._hosts[organisation].key.sign(digest)
        return f"{organisation}:{urlsafe_b64encode(signature).decode().rstrip('=')}"


def request_digest(network: bytes, organisation: int, endpoint: str, until: int) -> bytes:
    """Compute what an organisation signs to ask a gateway for blocks (EIP-712)."""
    numbers = organisation.to_bytes(32), keccak(endpoint.encode()), until.to_bytes(32)
    return keccak(b"\x19\x01" + network + keccak(_TYPE_HASH + b"".join(numbers)))


def read_statement(authorization: str | None) -> Statement:
    """Read the header of a request.

    Raises
    ------
    AskerUnproven
        If there is none, or it is no statement.
    """
    found = _is_statement((authorization or "").strip())
    if found is None:
        raise AskerUnproven("The request does not say which members ask.")
    endpoint, until, by = found.groups()
    signatures = {}
    for each in by.split():
        signed = _is_signature(each)
        if signed is None:
            raise AskerUnproven("A signature of the request is not readable.")
        signatures[int(signed[1])] = urlsafe_b64decode(signed[2] + "=")
    if not 0 < len(signatures) <= ASKERS_MAX:
        raise AskerUnproven(f"A request is from 1 to {ASKERS_MAX} members.")
    return Statement(endpoint, int(until), signatures)


def proven_askers(
    session: Session, network: bytes, hosted: Collection[int], authorization: str | None
) -> frozenset[int]:
    """Tell which organisations really ask; one that is suspended or has no such key does not.

    Parameters
    ----------
    network : bytes
        Domain separator of the order ledger.
    hosted : collection of int
        The organisations hosted here: what was signed for another endpoint than theirs is void.

    Raises
    ------
    AskerUnproven
        If none is proven.
    """
    statement = read_statement(authorization)
    now_s = now_ms() // 1000
    if not now_s < statement.until <= now_s + LIFETIME_S + SKEW_S:
        raise AskerUnproven("The request was signed for another time.", until=statement.until)
    if statement.endpoint not in _endpoints_of(session, hosted):
        raise AskerUnproven("The request was signed for another gateway.")
    permissions = Permissions(session, statement.signatures)
    proven = frozenset(
        organisation
        for organisation, signature in statement.signatures.items()
        if _is_proven(permissions, network, statement, organisation, signature)
    )
    if not proven:
        raise AskerUnproven(
            "No key that may speak for them signed the request.",
            organisations=sorted(statement.signatures),
        )
    return proven


def _is_proven(
    permissions: Permissions,
    network: bytes,
    statement: Statement,
    organisation: int,
    signature: bytes,
) -> bool:
    try:
        signer = _signer(network, organisation, statement.endpoint, statement.until, signature)
        permissions.require(organisation, signer, Permission.ALL)
    except (SignatureMalformed, IntentUnauthorised, RegistryOrganisationUnknown):
        return False
    return True


@lru_cache(maxsize=4096)
def _signer(network: bytes, organisation: int, endpoint: str, until: int, signature: bytes) -> str:
    return recover(request_digest(network, organisation, endpoint, until), signature)


def _endpoints_of(session: Session, hosted: Collection[int]) -> set[str]:
    found = select(Organisation.endpoint).where(col(Organisation.number).in_(hosted))
    return {_spelled(endpoint) for endpoint in session.exec(found)}


@lru_cache(maxsize=4096)
def _spelled(endpoint: str) -> str:
    return quote(endpoint.rstrip("/"), safe=_IN_URLS)
