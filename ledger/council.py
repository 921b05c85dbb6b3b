"""What a council does to set a network up: admit members, hand out bonds on an embedded chain."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.client import Client
from ledger.contracts import encode_admit, encode_approve, encode_deposit, encode_set_endpoint
from ledger.deployment import Deployment
from ledger.direct import send
from ledger.event import KeySet, OrganisationAdmitted
from ledger.key import SigningKey
from ledger.log import decode_logs
from ledger.role import Role
from ledger.view import read_organisation, read_view


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who asks to be admitted.

    Parameters
    ----------
    encryption_key : bytes
        32 bytes of its X25519 public key.
    first_key : str
        Address of the key that will rule the organisation.
    """

    name: str
    roles: Role
    endpoint: str
    encryption_key: bytes
    first_key: str


async def admit(
    client: Client, deployment: Deployment, council: SigningKey, applicant: Applicant
) -> int:
    """Admit an organisation, unless one with the same first key is a member already.

    Returns
    -------
    int
        The organisation's number.

    Raises
    ------
    Refused
        When the key is not the council's.
    """
    members = await members_by_first_key(client, deployment)
    if applicant.first_key not in members:
        data = encode_admit(
            int(applicant.roles),
            applicant.name,
            applicant.endpoint,
            applicant.encryption_key,
            applicant.first_key,
        )
        await send(client, council, deployment.registry, data)
        members = await members_by_first_key(client, deployment)
    return members[applicant.first_key]


async def members_by_first_key(client: Client, deployment: Deployment) -> dict[str, int]:
    """Number of each organisation by the address of the key it was admitted with."""
    events = decode_logs(await client.logs([deployment.registry], deployment.block))
    admissions = {event.tx_hash for event in events if isinstance(event, OrganisationAdmitted)}
    return {
        event.key: event.organisation
        for event in events
        if isinstance(event, KeySet) and event.tx_hash in admissions
    }


async def move_gateway(
    client: Client, deployment: Deployment, administrator: SigningKey, organisation: int, to: str
) -> None:
    """Publish where an organisation's gateway is, unless it is published already.

    Raises
    ------
    Refused
        When the key may not administer the organisation.
    """
    member = await read_organisation(client, deployment.registry, organisation)
    if member.endpoint != to:
        data = encode_set_endpoint(organisation, to)
        await send(client, administrator, deployment.registry, data)


async def lend_bond(
    client: Client, deployment: Deployment, holder: SigningKey, organisation: int, amount: int
) -> None:
    """Deposit bond tokens for an organisation that has none; embedded chains only.

    Parameters
    ----------
    holder : SigningKey
        Holds the supply of the embedded chain's token.
    amount : int
        In the token's minor unit.
    """
    token = deployment.bond_token
    assert token is not None, "only an embedded chain has a bond token of its own"
    view = "PoolAuction.freeDepositOf"
    (free,) = await read_view(client, deployment.pool_auction, view, organisation, token)
    if free:
        return
    await send(client, holder, token, encode_approve(deployment.pool_auction, amount))
    data = encode_deposit(organisation, token, amount)
    await send(client, holder, deployment.pool_auction, data)
