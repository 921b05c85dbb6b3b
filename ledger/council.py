"""What a council does to set a network up: admit members, hand out bonds on an embedded chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.client import Client
from ledger.contracts import encode_admit, encode_approve, encode_deposit, encode_set_endpoint
from ledger.deployment import Deployment
from ledger.direct import send, send_all
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
    client: Client, deployment: Deployment, council: SigningKey, applicants: Sequence[Applicant]
) -> list[int]:
    """Admit organisations; who is a member already, by its first key, is not admitted again.

    Returns
    -------
    list of int
        Number of each applicant's organisation.

    Raises
    ------
    Refused
        When the key is not the council's.
    """
    members = await members_by_first_key(client, deployment)
    calls = [
        (deployment.registry, _admission(applicant))
        for applicant in applicants
        if applicant.first_key not in members
    ]
    if calls:
        await send_all(client, council, calls)
        members = await members_by_first_key(client, deployment)
    return [members[applicant.first_key] for applicant in applicants]


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


async def lend_bonds(
    client: Client,
    deployment: Deployment,
    holder: SigningKey,
    organisations: Sequence[int],
    amount: int,
) -> None:
    """Deposit bond tokens for organisations that have none; embedded chains only.

    Parameters
    ----------
    holder : SigningKey
        Holds the supply of the embedded chain's token.
    amount : int
        For each, in the token's minor unit.
    """
    token = deployment.bond_token
    assert token is not None, "only an embedded chain has a bond token of its own"
    auction = deployment.pool_auction
    view = "PoolAuction.freeDepositOf"
    free = {each: await read_view(client, auction, view, each, token) for each in organisations}
    poor = [each for each in organisations if free[each] == (0,)]
    if not poor:
        return
    await send(client, holder, token, encode_approve(auction, amount * len(poor)))
    deposits = [(auction, encode_deposit(each, token, amount)) for each in poor]
    await send_all(client, holder, deposits)


def _admission(applicant: Applicant) -> bytes:
    return encode_admit(
        int(applicant.roles),
        applicant.name,
        applicant.endpoint,
        applicant.encryption_key,
        applicant.first_key,
    )
