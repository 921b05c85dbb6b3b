"""A company and its gateway, apart from the database and the processes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ledger import courier, relayer
from ledger.deployment import Deployment
from ledger.host import Host
from ledger.key import SigningKey
from ledger.runtime import Settings
from tests.simulation.runtime.calm import URL
from tests.simulation.runtime.memory_vault import MemoryVault

FINALITY = 100


@dataclass(frozen=True)
class Company:
    """A gateway's own: what outlives its processes, except for the database."""

    name: str
    deployment: Deployment
    hosts: Mapping[int, Host]
    keys: tuple[SigningKey, ...]
    vault: MemoryVault

    @property
    def endpoint(self) -> str:
        return f"http://{self.name}.example"

    def settings(self, folder: Path, finality: int = FINALITY) -> Settings:
        """Settings of a process."""
        return Settings(
            database_url=f"sqlite:///{folder / self.name}.sqlite",
            vault=self.vault,
            client_url=URL,
            deployment=self.deployment,
            relayer_keys=self.keys,
            hosts=self.hosts,
            finality=finality,
            relayer=relayer.Settings(),
            courier=courier.Settings(),
        )
