"""The one file that says where a network's contracts are: read here, by portals and by strangers.

Its JSON Schema, `contracts/spec/deployment.schema.json`, is generated from these classes.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from eth_abi.exceptions import EncodingError
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from ledger.contracts_artifact import load_compiler
from ledger.deployment_plan import PROXY, SALT, VERSION, Plan, PlannedContract
from ledger.errors import DeploymentFileInvalid
from ledger.intent import Domain

SCHEMA_VERSION: Final = 1

Address = Annotated[str, Field(pattern="^0x[0-9a-fA-F]{40}$"), AfterValidator(to_checksum_address)]
Hash = Annotated[str, Field(pattern="^0x[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DeployedContract(_Part):
    """One contract on the chain."""

    address: Address
    abi: list[dict[str, Any]]
    constructor_arguments: list[str] = Field(
        min_length=1, description="Addresses, and numbers in decimal."
    )
    init_code_hash: Hash = Field(description="Keccak-256 of creation code with its arguments.")
    runtime_code_hash: Hash = Field(description="Keccak-256 of what eth_getCode answers.")


class Contracts(_Part):
    """The network's contracts by name."""

    OrgRegistry: DeployedContract
    OrderLedger: DeployedContract
    PoolAuction: DeployedContract
    LocalBondToken: DeployedContract | None = Field(
        default=None, description="Only where the chain has no token of its own."
    )

    def by_name(self) -> dict[str, DeployedContract]:
        """Those that are there."""
        return {name: one for name in type(self).model_fields if (one := getattr(self, name))}


class Compiler(_Part):
    """What made the code."""

    version: str
    settings: dict[str, Any]


class Deployment(_Part):
    """Where the contracts of one network are, and what exactly they are."""

    schema_version: Literal[1] = Field(description="Changes when a reader of this file must.")
    version: Literal["consign/1"] = Field(description="Generation of the contracts.")
    chain_id: int = Field(ge=1)
    block: int = Field(ge=0, description="Where the registry began; nothing happened before.")
    council: Address = Field(description="Who ruled the registry first; it may have passed on.")
    proxy: Address = Field(description="The CREATE2 proxy that every address follows from.")
    salt: Hash
    compiler: Compiler
    contracts: Contracts

    @classmethod
    def of(cls, plan: Plan, chain_id: int, block: int) -> Self:
        """Describe a plan that was carried out."""
        contracts = {each.name: _described(each, chain_id) for each in plan.contracts}
        return cls(
            schema_version=SCHEMA_VERSION,
            version=VERSION,
            chain_id=chain_id,
            block=block,
            council=plan.council,
            proxy=PROXY,
            salt=_hex(SALT),
            compiler=Compiler.model_validate(load_compiler()),
            contracts=Contracts.model_validate(contracts),
        )

    @property
    def registry(self) -> str:
        """Where the members are."""
        return self.contracts.OrgRegistry.address

    @property
    def order_ledger(self) -> str:
        """Where agreements, orders and deliveries are."""
        return self.contracts.OrderLedger.address

    @property
    def pool_auction(self) -> str:
        """Where tenders are."""
        return self.contracts.PoolAuction.address

    @property
    def bond_token(self) -> str | None:
        """The token of a trial chain; none on chains that have one of their own."""
        token = self.contracts.LocalBondToken
        return None if token is None else token.address

    @property
    def order_domain(self) -> Domain:
        """What batches, intents and agreement steps are signed for."""
        return Domain("OrderLedger", self.chain_id, self.order_ledger)

    @property
    def auction_domain(self) -> Domain:
        """What openings, bids, lot steps and withdrawals are signed for."""
        return Domain("PoolAuction", self.chain_id, self.pool_auction)

    @property
    def watched(self) -> tuple[str, ...]:
        """The contracts whose logs are the network's facts."""
        return (self.registry, self.order_ledger, self.pool_auction)

    def plan(self) -> Plan:
        """What our own contracts would be for the same council.

        Raises
        ------
        DeploymentFileInvalid
            When the bond token's holder is no account.
        """
        token = self.contracts.LocalBondToken
        holder = None if token is None else token.constructor_arguments[0]
        try:
            return Plan.of(self.council, holder)
        except EncodingError as problem:
            raise DeploymentFileInvalid(path="LocalBondToken", problem=str(problem)) from None

    def to_json(self) -> str:
        """Spell it as JSON, the same for the same deployment."""
        return json.dumps(self.model_dump(exclude_none=True), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str, source: str = "the text") -> Self:
        """Read it from JSON.

        Raises
        ------
        DeploymentFileInvalid
            When it is not a deployment; says what is wrong first.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as invalid:
            first = invalid.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"])) or "the whole"
            raise DeploymentFileInvalid(path=source, problem=f"{place}: {first['msg']}") from None

    def save(self, path: Path) -> None:
        """Write it to a file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        with part.open("w", encoding="utf-8") as file:
            file.write(self.to_json())
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read it from a file.

        Raises
        ------
        DeploymentFileInvalid
            When it cannot be read, or holds no deployment.
        """
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            kind = type(problem).__name__
            raise DeploymentFileInvalid(path=str(path), problem=kind) from None
        return cls.from_json(text, str(path))


def code_hash(code: bytes) -> str:
    """Keccak-256 of code, as the file spells it."""
    return _hex(keccak(code))


def _described(planned: PlannedContract, chain_id: int) -> DeployedContract:
    return DeployedContract(
        address=planned.address,
        abi=planned.compiled.abi,
        constructor_arguments=[str(argument) for argument in planned.arguments],
        init_code_hash=code_hash(planned.init_code),
        runtime_code_hash=code_hash(planned.runtime_code(chain_id)),
    )


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
