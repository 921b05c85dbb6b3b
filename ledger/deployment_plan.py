"""What would be deployed, and where: all of it follows from our bytecode and the council.

Nothing here talks to a chain. Every address is CREATE2's, through the deployment proxy that most
chains have, so that whoever deploys finds or makes the same contracts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from eth_abi.abi import encode
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from ledger.contracts_artifact import Contract, load_contract
from ledger.intent import Domain, domain_separator
from ledger.spec import read_json

PROXY: Final = "0x4e59b44847b379578588920cA78FbF26c0B4956C"
"""The deterministic deployment proxy: takes salt and init code, answers with the address."""

VERSION: Final = "consign/1"
"""Which generation of the contracts this is; the salt follows from it."""

SALT: Final = keccak(VERSION.encode())
BOND_SUPPLY: Final = 10**15

CODE_BYTES_MAX: Final = 24_576
"""Largest code that a contract may have (EIP-170)."""

INIT_CODE_BYTES_MAX: Final = 49_152
"""Largest init code that a transaction may bring (EIP-3860)."""

_WORD: Final = 32


@dataclass(frozen=True, slots=True)
class PlannedContract:
    """One contract with its constructor's arguments.

    Parameters
    ----------
    arguments : tuple
        Addresses and numbers, in the constructor's order.
    """

    compiled: Contract
    arguments: tuple[str | int, ...]

    @property
    def name(self) -> str:
        """Name of the contract."""
        return self.compiled.name

    @property
    def init_code(self) -> bytes:
        """What the proxy runs to create it."""
        constructor = next(each for each in self.compiled.abi if each["type"] == "constructor")
        # An interface or contract parameter is an address on the wire, as the ABI's `type` says.
        types = [parameter["type"] for parameter in constructor["inputs"]]
        return self.compiled.bytecode + encode(types, self.arguments)

    @property
    def address(self) -> str:
        """Where the proxy puts it, on every chain."""
        return create2_address(self.init_code)

    def runtime_code(self, chain_id: int) -> bytes:
        """The very code that a chain holds once it is deployed, immutables included."""
        code = bytearray(self.compiled.deployed_bytecode)
        values = self._immutables(chain_id) if self.compiled.immutables else {}
        for name, places in self.compiled.immutables.items():
            for start in places:
                code[start : start + _WORD] = values[name]
        return bytes(code)

    def _immutables(self, chain_id: int) -> dict[str, bytes]:
        """What the constructors of the contract and of OpenZeppelin's EIP712 leave in the code."""
        (registry,) = self.arguments
        domain = read_json("intents.json")["domains"][self.name]
        return {
            "registry": _address_word(str(registry)),
            "_cachedDomainSeparator": domain_separator(Domain(self.name, chain_id, self.address)),
            "_cachedChainId": chain_id.to_bytes(_WORD),
            "_cachedThis": _address_word(self.address),
            "_hashedName": keccak(domain["name"].encode()),
            "_hashedVersion": keccak(domain["version"].encode()),
            "_name": _short_string(domain["name"]),
            "_version": _short_string(domain["version"]),
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """All contracts of one network, in the order of their deployment.

    Parameters
    ----------
    council : str
        Account that rules the registry from the start.
    bond_holder : str, optional
        Gets the supply of the bond token; none where there is no such token.
    """

    council: str
    bond_holder: str | None
    contracts: tuple[PlannedContract, ...]

    @classmethod
    def of(cls, council: str, bond_holder: str | None = None) -> Self:
        """Plan the network of a council.

        Parameters
        ----------
        bond_holder : str, optional
            Has a bond token deployed as well; for trial chains only.
        """
        registry = _planned("OrgRegistry", council)
        order_ledger = _planned("OrderLedger", registry.address)
        pool_auction = _planned("PoolAuction", registry.address)
        token = (
            [] if bond_holder is None else [_planned("LocalBondToken", bond_holder, BOND_SUPPLY)]
        )
        return cls(council, bond_holder, (registry, order_ledger, pool_auction, *token))

    def __getitem__(self, name: str) -> PlannedContract:
        """Give one of its contracts."""
        return next(each for each in self.contracts if each.name == name)


def create2_address(init_code: bytes) -> str:
    """Tell where the proxy puts a contract."""
    seed = b"\xff" + bytes.fromhex(PROXY[2:]) + SALT + keccak(init_code)
    return str(to_checksum_address(keccak(seed)[12:]))


def _planned(name: str, *arguments: str | int) -> PlannedContract:
    return PlannedContract(load_contract(name), arguments)


def _address_word(address: str) -> bytes:
    return bytes.fromhex(address[2:]).rjust(_WORD, b"\0")


def _short_string(text: str) -> bytes:
    """Spell a text as OpenZeppelin's ShortString: at the left, its length in the last byte."""
    return text.encode().ljust(_WORD - 1, b"\0") + bytes([len(text)])
