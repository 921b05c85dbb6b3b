"""Who plays in the tests of refusals: members in every seat and role, keys of every kind.

All of them belong to one real network on the shared chain. What happens in a test is only played
through (`tests/rehearsal.py`), so that each starts from here.
"""

import secrets
from dataclasses import dataclass
from typing import Any, Final

from eth_account import Account
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from ledger.client import Client
from ledger.contracts import encode_approve, encode_deposit, encode_set_key, encode_set_suspended
from ledger.contracts_artifact import load_contract
from ledger.key import SigningKey
from ledger.number import AgreementNumber, agreement_number, auction_number
from ledger.role import Permission, Role
from tests.chain import GAS, Network, found
from tests.rehearsal import Prop

MEMBERS: Final = {
    "buyer": Role.BRAND | Role.POOL | Role.CARRIER,
    "seller": Role.SUPPLIER,
    "carrier": Role.CARRIER,
    "inspector": Role.INSPECTOR,
    "arbiter": Role.ARBITER,
    "outsider": Role.BRAND,
    "pool": Role.POOL,
    "rival": Role.CARRIER,
    "suspended": Role.BRAND,
}
SEATS: Final = ("buyer", "seller", "carrier", "inspector", "arbiter")
KEYS: Final = {
    "record_key": Permission.RECORD,
    "agree_key": Permission.AGREE,
    "trade_key": Permission.TRADE,
    "administration_key": Permission.ADMINISTER,
    "expired_key": Permission.ALL,
    "revoked_key": Permission(0),
}
"""Keys of the buyer beside its first one, which may do everything."""

ACCOUNTS: Final = {
    "owned_account": "OwnedAccount",
    "disowned_account": "OwnedAccount",
    "slow_account": "SlowAccount",
    "burning_account": "BurningAccount",
    "talkative_account": "TalkativeAccount",
    "terse_account": "TerseAccount",
    "reverting_account": "RevertingAccount",
    "writing_account": "WritingAccount",
}
"""Contract accounts that are keys of the buyer; the buyer's first key owns the owned ones."""

BARE_ACCOUNTS: Final = {
    # PUSH32 of the right answer with something behind it; MSTORE at 0; RETURN 32 bytes.
    "garbling_account": bytes.fromhex("7f1626ba7e" + "ff" * 28 + "5f5260205ff3"),
    "empty_account": b"",
}
"""More accounts that are keys of the buyer, by their code."""

# CALLDATACOPY all; CREATE; RETURNDATACOPY all; unless something was created, REVERT with that.
DEPLOYER: Final = bytes.fromhex("365f5f37365f5ff03d5f5f3e6012573d5ffd5b00")
"""Deploys what it is sent: a node that plays calls through plays no bare deployment."""

STRANGE_ACCOUNTS: Final = {"second_account": "OwnedAccount"}
"""Contract accounts of the buyer's first key that nobody has made keys."""

TOKENS: Final = {"false_token": "FalseToken", "greedy_token": "GreedyToken"}
PROPS: Final = (*ACCOUNTS, *BARE_ACCOUNTS, *STRANGE_ACCOUNTS, *TOKENS, "deployer")
BOND: Final = 500
DEPOSIT: Final = 40 * BOND
HEAD_START_S: Final = 1_000_000
"""How far in the future plays take place, so that the chain's own clock never matters."""


@dataclass(frozen=True)
class Cast:
    """Everybody, by name.

    Parameters
    ----------
    now : int
        Block time at which plays begin, and at which the buyer's `expired_key` expires.
    members : dict of str to int
        Organisation numbers.
    keys : dict of str to SigningKey
        The first key of each member under its name, and the others.
    agreement : int
        Number of the agreement in force between all seats.
    """

    network: Network
    now: int
    members: dict[str, int]
    keys: dict[str, SigningKey]
    agreement: AgreementNumber
    props: dict[str, Prop]

    @property
    def names(self) -> dict[str, Any]:
        """What the catalogue of failures calls each of them."""
        deployment = self.network.deployment
        addresses = {f"{name}_key": self.keys[name].address for name in self.members}
        addresses |= {name: self.keys[name].address for name in (*KEYS, "council", "stranger")}
        addresses |= {"successor": self.keys["successor"].address}
        addresses |= {"delegated_key": self.keys["delegated_key"].address}
        addresses |= {name: address_named(name) for name in PROPS}
        return {
            **self.members,
            **addresses,
            **{one.name: int(one) for one in (*Permission, *Role) if one.name},
            "nobody": "0x" + "00" * 20,
            "token": deployment.bond_token,
            "registry_contract": deployment.registry,
            "ledger_contract": deployment.order_ledger,
            "auction_contract": deployment.pool_auction,
            "block_time": self.now,
            "next_member": len(self.members) + 1,
            "agreement": self.agreement,
            "proposal": agreement_number(self.members["buyer"], 77),
            "auction": auction_number(self.members["pool"], 1),
        }


def address_named(name: str) -> str:
    """Where a contract stands that plays only."""
    return to_checksum_address(keccak(name.encode())[12:])


async def gather(client: Client) -> Cast:
    """Bring everybody together."""
    network = await found(client)
    latest = await client.block()
    assert latest is not None
    now = latest.timestamp + HEAD_START_S
    members = {name: await network.admit(role) for name, role in MEMBERS.items()}
    keys = {name: network.keys[number] for name, number in members.items()}
    keys |= {name: SigningKey.create() for name in (*KEYS, "stranger", "successor")}
    secret = secrets.token_bytes(32)
    keys |= {"council": network.council, "delegated_key": SigningKey(secret)}
    agreement = await network.agreement([members[seat] for seat in SEATS])
    cast = Cast(network, now, members, keys, agreement, _props(network, keys))
    await _hand_out_keys(cast)
    await _delegate(cast, secret)
    await _pay_in(cast)
    suspension = encode_set_suspended(members["suspended"], True)
    await network.send(network.council, network.deployment.registry, suspension)
    return cast


def _props(network: Network, keys: dict[str, SigningKey]) -> dict[str, Prop]:
    code = {
        name: load_contract(contract).deployed_bytecode
        for name, contract in (ACCOUNTS | STRANGE_ACCOUNTS | TOKENS).items()
    }
    owner, auction = int(keys["buyer"].address, 16), int(network.deployment.pool_auction, 16)
    storage = {
        "owned_account": {0: owner},
        "second_account": {0: owner},
        "greedy_token": {0: auction},
    }
    props = {
        address_named(name): Prop(one, storage.get(name, {}))
        for name, one in (code | BARE_ACCOUNTS | {"deployer": DEPLOYER}).items()
    }
    return props | {keys["delegated_key"].address: Prop(None, {0: owner})}


async def _hand_out_keys(cast: Cast) -> None:
    given = {cast.keys[name].address: permissions for name, permissions in KEYS.items()}
    given |= {address_named(name): Permission.ALL for name in (*ACCOUNTS, *BARE_ACCOUNTS)}
    given |= {cast.keys["delegated_key"].address: Permission.ALL}
    expired = cast.keys["expired_key"].address
    for key, permissions in given.items():
        expires_at = cast.now if key == expired else 0
        data = encode_set_key(cast.members["buyer"], key, permissions, expires_at)
        await _send(cast, cast.keys["buyer"], cast.network.deployment.registry, data)


async def _delegate(cast: Cast, secret: bytes) -> None:
    """Have the delegated key's account run the code of an account (EIP-7702), for good."""
    key, network = cast.keys["delegated_key"], cast.network
    chain_id = network.deployment.chain_id
    delegation = {"chainId": chain_id, "address": address_named("owned_account"), "nonce": 1}
    signed = Account.sign_transaction(
        {
            "type": 4,
            "chainId": chain_id,
            "nonce": 0,
            "gas": GAS,
            "maxFeePerGas": 0,
            "maxPriorityFeePerGas": 0,
            "to": key.address,
            "value": 0,
            "data": b"",
            "authorizationList": [Account.sign_authorization(delegation, secret)],
        },
        secret,
    )
    client = network.client
    receipt = await client.mined(await client.send_raw(bytes(signed.raw_transaction)), 30)
    assert receipt.is_success


async def _pay_in(cast: Cast) -> None:
    deployment = cast.network.deployment
    token, auction = deployment.bond_token, deployment.pool_auction
    assert token is not None
    approval = encode_approve(auction, 100 * DEPOSIT)
    await _send(cast, cast.network.council, token, approval)
    for name in ("buyer", "carrier", "rival"):
        data = encode_deposit(cast.members[name], token, DEPOSIT)
        await _send(cast, cast.network.council, auction, data)


async def _send(cast: Cast, key: SigningKey, to: str, data: bytes) -> None:
    receipt = await cast.network.send(key, to, data)
    assert receipt.is_success
