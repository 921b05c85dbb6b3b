"""The folder of the local network: keys, settings and where everything lies."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.network.members import GATEWAYS, MEMBERS, Member
from gateway.private_file import write_private
from ledger.document.encryption_key import (
    load_encryption_key,
    new_encryption_key,
    public_bytes,
    save_encryption_key,
)
from ledger.key import SigningKey

CHAIN = "chain"


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback ports of the chain and of each gateway."""

    chain: int
    gateways: dict[str, int]


@dataclass(frozen=True, slots=True)
class Home:
    """Paths below one folder; nothing here talks to a chain or a gateway.

    Parameters
    ----------
    folder : Path
        The network's folder.
    """

    folder: Path

    @property
    def chain(self) -> Path:
        """Where the embedded chain keeps its copies."""
        return self.folder / "network" / CHAIN

    @property
    def deployment(self) -> Path:
        """Where the contracts are on the chain."""
        return self.folder / "network" / "deployment.json"

    @property
    def processes(self) -> Path:
        """Where process ids and logs are."""
        return self.folder / "network" / "processes"

    @property
    def sign_in(self) -> Path:
        """API keys of the members, readable by their owner only."""
        return self.folder / "network" / "sign-in.json"

    @property
    def ports_file(self) -> Path:
        """Which ports this network was given."""
        return self.folder / "network" / "ports.json"

    def gateway(self, name: str) -> Path:
        """The home folder of one gateway."""
        return self.folder / "gateways" / name

    def keys_of(self, member: Member) -> Path:
        """The folder of a member's own keys."""
        owner = member.gateway or member.alias
        return self.gateway(owner) / "keys"

    def signing_key(self, member: Member) -> SigningKey:
        """Open a member's signing key.

        Raises
        ------
        KeystoreUnreadable
            If it is missing or damaged.
        """
        folder = self.keys_of(member)
        return SigningKey.load(folder / f"{member.alias}.json", self._password(folder))

    def encryption_public_key(self, member: Member) -> bytes:
        """The public half of a member's newest encryption key."""
        folder = self.keys_of(member)
        epochs = _encryption_keys(folder, member.alias)
        pem = epochs[max(epochs)].read_bytes()
        return public_bytes(load_encryption_key(pem, self._password(folder).encode()))

    def council_key(self) -> SigningKey:
        """Open the key that admits members and deploys the contracts."""
        folder = self.folder / "network" / "keys"
        return SigningKey.load(folder / "council.json", self._password(folder))

    def make_keys(self) -> None:
        """Make every key that is missing; keys that exist are never replaced."""
        _make_signing_key(self.folder / "network" / "keys", "council")
        for member in MEMBERS:
            folder = self.keys_of(member)
            _make_signing_key(folder, member.alias)
            _make_encryption_key(folder, member.alias)
        for name in GATEWAYS:
            _make_signing_key(self.gateway(name) / "keys", "relayer")

    def write_settings(self, ports: Ports, numbers: dict[str, int]) -> None:
        """Write the settings file of each gateway, and of each member that has none.

        Parameters
        ----------
        numbers : dict
            Organisation number of each member, by alias.
        """
        for name in GATEWAYS:
            hosted = [member for member in MEMBERS if member.gateway == name]
            port = ports.gateways[name]
            self._write_settings(name, ports, hosted, numbers, f"port = {port}")
        for member in MEMBERS:
            if member.gateway is None:
                self._write_settings(member.alias, ports, [member], numbers, "")

    def remember_ports(self, ports: Ports) -> None:
        """Keep the ports, so that the network comes back under the same addresses."""
        table = {"chain": ports.chain, "gateways": ports.gateways}
        write_private(self.ports_file, json.dumps(table).encode())

    def ports(self) -> Ports | None:
        """The ports kept by an earlier start, if any."""
        if not self.ports_file.exists():
            return None
        table = json.loads(self.ports_file.read_text())
        return Ports(table["chain"], table["gateways"])

    def remember_sign_in(self, entries: list[dict[str, Any]]) -> None:
        """Keep the members' API keys for `consign up` to show."""
        write_private(self.sign_in, json.dumps(entries, indent=2, ensure_ascii=False).encode())

    def sign_in_entries(self) -> list[dict[str, Any]]:
        """The members' numbers, gateways and API keys; empty before the first start."""
        if not self.sign_in.exists():
            return []
        entries: list[dict[str, Any]] = json.loads(self.sign_in.read_text())
        return entries

    def _write_settings(
        self,
        name: str,
        ports: Ports,
        hosted: list[Member],
        numbers: dict[str, int],
        port_line: str,
    ) -> None:
        organisations = "\n".join(
            f"[[organisation]]  # {member.name}\n"
            f"number = {numbers[member.alias]}\n"
            f'signing = "keys/{member.alias}.json"\n'
            f"{_encryption_lines(self.keys_of(member), member.alias)}"
            for member in hosted
        )
        text = (
            f"[gateway]\n{port_line}\n\n"
            f'[chain]\nurl = "http://127.0.0.1:{ports.chain}"\n'
            'deployment = "../../network/deployment.json"\n\n'
            # Everybody in this network lives on this machine.
            '[outward]\nallowed = ["127.0.0.0/8", "::1/128"]\n\n'
            f"{organisations}"
        )
        write_private(self.gateway(name) / "consign.toml", text.encode())

    @staticmethod
    def _password(folder: Path) -> str:
        return (folder / "password").read_text().strip()


def _make_signing_key(folder: Path, name: str) -> None:
    path = folder / f"{name}.json"
    if path.exists():
        return
    # The keys of the local network are thrown away with it, so the light derivation will do.
    SigningKey.create().save(path, _make_password(folder), is_light=True)


def _make_encryption_key(folder: Path, name: str) -> None:
    if _encryption_keys(folder, name):
        return
    pem = save_encryption_key(new_encryption_key(), _make_password(folder).encode())
    write_private(folder / f"{name}.epoch-1.pem", pem)


def _encryption_keys(folder: Path, name: str) -> dict[int, Path]:
    """Find a member's key files by their epochs: it may have rotated keys, and destroyed old ones.

    What a rotation that was stopped left behind is among them, and is taken up by the next.
    """
    found = {int(path.stem.rpartition("-")[2]): path for path in folder.glob(f"{name}.epoch-*.pem")}
    return dict(sorted(found.items()))


def _encryption_lines(folder: Path, name: str) -> str:
    epochs = _encryption_keys(folder, name)
    listed = ", ".join(f'"keys/{path.name}"' for path in epochs.values())
    return f"encryption = [{listed}]\nfirst_epoch = {min(epochs)}\n"


def _make_password(folder: Path) -> str:
    path = folder / "password"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24).encode())
    return path.read_text().strip()
