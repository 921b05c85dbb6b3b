"""Channels as they are declared: a TOML file each, in the folder `messages.channels` names.

::

    organisation = 1
    partner = "mill"              # the sender in the inbox, the partner in the outbox
    kind = "sftp"                 # or folder, or http
    host = "sftp.mill.example"
    ...
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, TypeAdapter, ValidationError, model_validator

from gateway.errors import GatewayError
from gateway.settings import Port, Section
from gateway.webhooks.address import require_url
from ledger.outward import Network, OutwardAddressRefused


def _host_key(text: str) -> str:
    # Loaded by those gateways that have such a channel.
    import asyncssh

    try:
        asyncssh.import_public_key(text)
    except asyncssh.KeyImportError:
        raise ValueError("must be a public key as OpenSSH writes it: type and base64") from None
    return text


HostKey = Annotated[str, AfterValidator(_host_key)]


class _Declared(Section):
    """What every channel says."""

    organisation: int = Field(ge=1, lt=2**32)
    partner: str = Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")
    every_s: float = Field(default=10.0, gt=0, le=86_400)
    """How often it is looked for messages."""
    settle_s: float = Field(default=2.0, ge=0, le=3_600)
    """How long a file stays as it is before it counts as whole."""


class FolderDeclaration(_Declared):
    """A folder of this machine, or one that is mounted here."""

    kind: Literal["folder"]
    path: Path

    @property
    def does_bring(self) -> bool:
        """Whether messages go out by it."""
        return True


class SftpDeclaration(_Declared):
    """A partner's SFTP server."""

    kind: Literal["sftp"]
    host: str = Field(min_length=1, max_length=253)
    port: Port = 22
    user: str = Field(min_length=1)
    host_keys: tuple[HostKey, ...] = Field(min_length=1)
    """The server's public keys; it is spoken to only if it shows one of them."""
    key: Path | None = None
    password_file: Path | None = None
    collect: str | None = None
    """Folder in which the partner leaves messages."""
    done: str | None = None
    """Folder to which they are moved; without one they are removed."""
    keeps: bool = False
    """Whether they stay where they are, and are remembered here."""
    bring: str | None = None
    """Folder into which messages for the partner are put."""

    @model_validator(mode="after")
    def _can_speak(self) -> SftpDeclaration:
        if self.key is None and self.password_file is None:
            raise ValueError("name a key or a password_file")
        if self.collect is None and self.bring is None:
            raise ValueError("name a folder to collect from, to bring to, or both")
        if self.done is not None and self.keeps:
            raise ValueError("what is moved to done is not kept where it is")
        return self

    @property
    def does_bring(self) -> bool:
        """Whether messages go out by it."""
        return self.bring is not None


class HttpDeclaration(_Declared):
    """Addresses: the partner's that give and take messages, and one here for the partner."""

    kind: Literal["http"]
    collect: str | None = None
    bring: str | None = None
    token_file: Path | None = None
    """What is sent as bearer token."""
    accept_file: Path | None = None
    """What the partner sends as bearer token with messages that it posts here."""

    @model_validator(mode="after")
    def _has_address(self) -> HttpDeclaration:
        if self.collect is None and self.bring is None and self.accept_file is None:
            raise ValueError("name an address to collect from or to bring to, or an accept_file")
        return self

    @property
    def does_bring(self) -> bool:
        """Whether messages go out by it."""
        return self.bring is not None


Declaration = FolderDeclaration | SftpDeclaration | HttpDeclaration

_ADAPTER: Final[TypeAdapter[Declaration]] = TypeAdapter(
    Annotated[Declaration, Field(discriminator="kind")]
)
_FILES: Final = ("key", "password_file", "token_file", "accept_file")

TOKEN_CHARS_MIN: Final = 16


class ChannelsInvalid(Exception):
    """Channels are declared that cannot work.

    Parameters
    ----------
    findings : sequence of str
        Everything that is wrong, one sentence fragment each.
    """

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__("; ".join(findings))
        self.findings = list(findings)


def load(
    folder: Path, organisations: Collection[int], allowed: Sequence[Network] = ()
) -> dict[str, Declaration]:
    """Read the channels of a folder, by the names of their files; none if there is no folder.

    Parameters
    ----------
    organisations : collection of int
        Those hosted here.
    allowed : sequence of networks
        Where this gateway may connect to beside the public internet.

    Raises
    ------
    ChannelsInvalid
        With everything that is wrong.
    """
    found: dict[str, Declaration] = {}
    findings: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            found[path.stem] = declared = _read(path)
        except ChannelsInvalid as error:
            findings += [f"{path.name}: {each}" for each in error.findings]
            continue
        findings += [f"{path.name}: {each}" for each in _faults(declared, organisations, allowed)]
    findings += _doubles(found)
    if findings:
        raise ChannelsInvalid(findings)
    return found


def _read(path: Path) -> Declaration:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ChannelsInvalid([str(error)]) from None
    try:
        declared = _ADAPTER.validate_python(table)
    except ValidationError as error:
        raise ChannelsInvalid(
            [
                f"{'.'.join(str(step) for step in each['loc'][1:]) or 'the file'}: {each['msg']}"
                for each in error.errors(include_url=False, include_input=False)
            ]
        ) from None
    # Relative paths start at the file, so that a folder of channels can be moved as a whole.
    names = [name for name in ("path", *_FILES) if getattr(declared, name, None) is not None]
    placed = {name: path.parent / getattr(declared, name) for name in names}
    return declared.model_copy(update=placed)


def _faults(
    declared: Declaration, organisations: Collection[int], allowed: Sequence[Network]
) -> list[str]:
    faults = []
    if declared.organisation not in organisations:
        faults.append(f"organisation {declared.organisation} is not hosted here")
    for name in _FILES:
        file = getattr(declared, name, None)
        if file is not None and not file.is_file():
            faults.append(f"{name}: there is no such file")
    if isinstance(declared, HttpDeclaration):
        if not faults and declared.accept_file is not None and not token_of(declared.accept_file):
            faults.append(f"accept_file: a token has at least {TOKEN_CHARS_MIN} characters")
        for name in ("collect", "bring"):
            faults += _address_faults(name, getattr(declared, name), allowed)
    return faults


def token_of(path: Path) -> str:
    """Read a token that partners show; empty if it is none."""
    token = path.read_text(encoding="utf-8").strip()
    return token if len(token) >= TOKEN_CHARS_MIN else ""


def _address_faults(name: str, url: str | None, allowed: Sequence[Network]) -> list[str]:
    if url is None:
        return []
    try:
        require_url(url, allowed)
    except GatewayError as error:
        return [f"{name}: {each.message}" for each in error.findings]
    except OutwardAddressRefused as error:
        return [f"{name}: {error}"]
    return []


def _doubles(found: dict[str, Declaration]) -> list[str]:
    """Find partners to whom two channels would bring the same messages."""
    by_partner: dict[tuple[int, str], str] = {}
    doubles = []
    for name, declared in found.items():
        if declared.does_bring:
            pair = (declared.organisation, declared.partner)
            first = by_partner.setdefault(pair, name)
            if first != name:
                doubles.append(f"{first} and {name} both bring messages to {declared.partner}")
    return doubles
