"""What every voyage begins with: contracts, members, agreements, and databases that know them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import text

from ledger.database import connect, migrate
from ledger.deployment import Deployment
from ledger.deployment_plan import Plan
from ledger.document.encryption_key import public_bytes
from ledger.host import Host
from ledger.intent import AgreementStep, digest
from ledger.key import SigningKey
from tests.chain import free_transaction
from tests.oracles.ledger.table import TABLE
from tests.simulation.ledger.binary import encode_call
from tests.simulation.runtime.calm import alone, caught_up
from tests.simulation.runtime.company import Company
from tests.simulation.runtime.memory_vault import MemoryVault
from tests.simulation.runtime.node.chain import Chain, begun
from tests.simulation.runtime.node.contract import Contracts, new_ledger
from tests.simulation.runtime.node.origin import ORIGIN_S

CHAIN_ID = 31337
FAR_FUTURE_S = 2**40
PROMISES = "CREATE TABLE promise (key INTEGER PRIMARY KEY, intent INTEGER NOT NULL)"
"""What the simulation's caller keeps in the transaction that accepts: its idempotency keys."""

MEMBERS: dict[str, tuple[int, ...]] = {"a": (1, 3), "b": (2,)}
"""Organisations by the gateway that hosts them."""

AGREEMENTS: dict[int, tuple[int, int, int, int, int]] = {
    (1 << 32) + 1: (1, 2, 0, 0, 3),
    (2 << 32) + 1: (2, 1, 3, 0, 0),
    (1 << 32) + 2: (1, 2, 2, 1, 0),
}
"""Agreements in force from the beginning, with their seats."""


@dataclass(frozen=True)
class Harbour:
    """A network that has just been founded."""

    chain: Chain
    companies: tuple[Company, ...]
    databases: Mapping[str, bytes]
    """Database of each company that has taken all of the chain in."""
    empty: bytes
    """A database with tables only."""

    def departure(self) -> "Harbour":
        """Give chain and vaults of its own to a voyage."""
        chain = replace(self.chain, blocks=list(self.chain.blocks), pool={}, balances={})
        companies = tuple(replace(one, vault=MemoryVault()) for one in self.companies)
        return replace(self, chain=chain, companies=companies)


@cache
def founded() -> Harbour:
    """Found the network; every process of the machine founds the same one."""
    council = _key("council")
    deployment = Deployment.of(Plan.of(council.address, None), CHAIN_ID, 1)
    companies = tuple(
        Company(
            name,
            deployment,
            {number: _host(number) for number in numbers},
            tuple(_key(f"relayer {name} {place}") for place in range(2)),
            MemoryVault(),
        )
        for name, numbers in MEMBERS.items()
    )
    ledger = new_ledger(council.address)
    chain = begun(Contracts(deployment), CHAIN_ID, ledger, ORIGIN_S)
    raws = _founding(council, deployment, companies)
    chain.mine_these(ORIGIN_S + 1, [])
    chain.mine_these(ORIGIN_S + 2, raws)
    assert all(one.outcome.problem is None for one in chain.head.included)
    with TemporaryDirectory() as folder:
        empty = _tables(Path(folder))
        databases = {each.name: _caught_up(Path(folder), each, chain, empty) for each in companies}
    return Harbour(chain, companies, databases, empty)


def _founding(
    council: SigningKey, deployment: Deployment, companies: tuple[Company, ...]
) -> list[bytes]:
    hosts = {number: host for each in companies for number, host in each.hosts.items()}
    endpoints = {number: each.endpoint for each in companies for number in each.hosts}
    calls = []
    for number, host in sorted(hosts.items()):
        x_key = public_bytes(host.encryption_keys[1])
        arguments = (31, f"Member {number}", endpoints[number], x_key, host.key.address)
        calls.append((deployment.registry, encode_call("OrgRegistry", "admit", arguments)))
    for agreement, seats in AGREEMENTS.items():
        proposer = agreement >> 32
        others = sorted({*seats} - {0, proposer})
        for place, organisation in enumerate((proposer, *others)):
            step = AgreementStep(
                organisation=organisation,
                agreement=agreement,
                action=TABLE["agreement"]["rows"][min(place, 1)]["id"],
                seats=seats,
                notice_days=30,
                terms=sha256(b"terms").digest(),
                manifest=bytes(32),
                deadline=FAR_FUTURE_S,
                nonce=agreement,
            )
            signature = hosts[organisation].key.sign(digest(deployment.order_domain, step))
            words = tuple(getattr(step, name) for name in step.__dataclass_fields__)
            data = encode_call("OrderLedger", "agree", (words, signature))
            calls.append((deployment.order_ledger, data))
    return [
        council.sign_transaction(free_transaction(CHAIN_ID, nonce, to, data))
        for nonce, (to, data) in enumerate(calls)
    ]


def _tables(folder: Path) -> bytes:
    path = folder / "empty.sqlite"
    engine = connect(f"sqlite:///{path}")
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text(PROMISES))
    engine.dispose()
    return path.read_bytes()


def _caught_up(folder: Path, company: Company, chain: Chain, empty: bytes) -> bytes:
    path = folder / f"{company.name}.sqlite"
    path.write_bytes(empty)
    alone(_read(company, folder, chain))
    return path.read_bytes()


async def _read(company: Company, folder: Path, chain: Chain) -> None:
    runtime = await caught_up(company.settings(folder), chain)
    await runtime.stop()


def _host(number: int) -> Host:
    secret = sha256(f"encryption {number}".encode()).digest()
    return Host(number, _key(f"member {number}"), {1: X25519PrivateKey.from_private_bytes(secret)})


def _key(name: str) -> SigningKey:
    return SigningKey(sha256(name.encode()).digest())
