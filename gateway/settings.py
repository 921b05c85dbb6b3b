"""What a gateway is told from outside: `<home>/consign.toml`, overruled by `CONSIGN_*` variables.

A variable names section and key with two underscores between: ``CONSIGN_GATEWAY__PORT=8105``,
``CONSIGN_CHAIN__URL=http://node:8545``. Relative paths start at the home folder.
"""

from __future__ import annotations

import tomllib
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

SETTINGS_FILE: Final = "consign.toml"
SQLITE_PREFIX: Final = "sqlite:///"
LOOPBACK: Final = "127.0.0.1"

Part = Literal["http", "relayer", "indexer", "courier"]
PARTS: Final[tuple[Part, ...]] = ("http", "relayer", "indexer", "courier")

Port = Annotated[int, Field(ge=0, le=65535)]


class SettingsInvalid(Exception):
    """The settings of a home folder cannot be used.

    Parameters
    ----------
    home : Path
        The folder.
    findings : list of str
        Everything that is wrong, one sentence fragment each, without the values.
    """

    def __init__(self, home: Path, findings: list[str]) -> None:
        super().__init__(f"The settings in {home} are invalid: {'; '.join(findings)}.")
        self.home = home
        self.findings = findings


class Section(BaseModel):
    """A table of the settings file: frozen, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class HttpSettings(Section):
    """Where the gateway listens and what it takes."""

    parts: tuple[Part, ...] = Field(default=PARTS, min_length=1)
    """What works in this process; the other parts work in others, on the same database."""
    host: str = LOOPBACK
    """Loopback unless somebody chooses otherwise."""
    port: Port = 8101
    endpoint: str | None = None
    """Base address at which other gateways fetch sealed blocks; host and port by default."""
    body_bytes_max: int = Field(default=8 * 1024 * 1024, ge=1024)
    lines_bytes_max: int = Field(default=64 * 1024 * 1024, ge=1024)
    """The same for newline-delimited JSON, which holds many requests."""
    attachment_bytes_max: int = Field(default=100 * 1024 * 1024, ge=1024)
    """Largest file that is taken to go with documents."""
    lines_max: int = Field(default=10_000, ge=1, le=100_000)
    """Most requests in one body of newline-delimited JSON."""
    waiting_max: int = Field(default=100_000, ge=1)
    """Accepted wishes that may wait for the chain; above it, `429` and `Retry-After`."""
    waiting_per_organisation_max: int = Field(default=50_000, ge=1)
    """The same for each organisation, so that none takes all the room."""
    queued_max: int = Field(default=20_000, ge=1)
    """Wishes that may wait to be accepted."""
    idempotency_days: int = Field(default=7, ge=1, le=365)
    """For how long a repeated `Idempotency-Key` finds the original answer."""
    wait_s_max: float = Field(default=30.0, ge=0, le=300)
    """Longest wait that `Prefer: wait` may ask for."""
    intent_lifetime_s: int = Field(default=3600, ge=1)
    """Seconds of chain time after which an intent that was not recorded is void."""


class ChainSettings(Section):
    """Which chain, and where the contracts are on it."""

    url: str = "http://127.0.0.1:8545"
    deployment: Path = Path("../network/deployment.json")


class DatabaseSettings(Section):
    """Where the projection and the outbox are kept."""

    url: str = f"{SQLITE_PREFIX}ledger.sqlite"


class VaultSettings(Section):
    """Where sealed documents are kept."""

    folder: Path = Path("vault")
    ipfs: str | None = None
    """Address of a Kubo daemon of this gateway alone, for example `http://127.0.0.1:5001`: it
    replicates the vault, and is asked for blocks that nobody else gives."""
    keep_days: float = Field(default=3650.0, gt=0)
    """How long documents stay after the end of what they are about; then `vault collect` forgets
    their blocks."""
    upload_days: float = Field(default=7.0, ge=1)
    """How long documents may name an uploaded file; then one that none names is forgotten."""


class RelayerSettings(Section):
    """The accounts that pay for transactions, and how they work."""

    keystores: tuple[Path, ...] = Field(default=(Path("keys/relayer.json"),), min_length=1)
    """One key or several, which send side by side. A key leaves the list only once nothing of it is
    on its way any more; all processes on one database have the same list."""
    in_flight_max: int = Field(default=32, ge=1, le=1000)
    """Transactions of one key that may be without a block at once."""
    stuck_s: float = Field(default=30.0, gt=0)
    """How long a transaction may wait for its block before it offers a higher fee."""
    fee_max: int = Field(default=10**12, ge=0)
    """Most to pay for gas, in wei per gas."""
    keep_days: float = Field(default=30.0, gt=0)
    """For how long wishes and their transactions are kept once they are decided and final."""


class KeySettings(Section):
    """How the key files are unlocked."""

    password_file: Path = Path("keys/password")


class OutwardSettings(Section):
    """Where this gateway may connect to when others name the address."""

    allowed: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks beside the public internet, for example `10.20.0.0/16` where partners are."""


class WebhookSettings(Section):
    """How events are delivered to webhooks."""

    timeout_s: float = Field(default=20.0, gt=0, le=120)
    """How long a receiver may take to answer."""
    at_once: int = Field(default=8, ge=1, le=64)
    """Deliveries under way to one webhook; 1 keeps their order while none fails."""
    disable_after_h: float = Field(default=96.0, gt=0)
    """How long nothing may get through before a webhook is disabled."""
    overlap_h: float = Field(default=24.0, ge=0, le=24 * 30)
    """How long the old secret signs beside the new one after a rotation."""
    keep_days: int = Field(default=30, ge=1, le=365)
    """How long deliveries that failed once are listed after they have ended."""
    per_organisation_max: int = Field(default=50, ge=1)


class MessageSettings(Section):
    """How messages are exchanged with partners."""

    channels: Path = Path("channels")
    """Folder of the files that declare how partners are reached."""
    schemas: Path = Path("schemas")
    """Folder of the published schemas and rules that messages are checked with."""
    bytes_max: int = Field(default=8 * 1024 * 1024, ge=1024)
    """Largest message that the inbox takes, by whatever way; its reading takes a hundred times
    its size of memory."""
    keep_days: float = Field(default=3650.0, gt=0)
    """For how long messages are kept once nothing is to be done with them any more."""


class OrganisationSettings(Section):
    """An organisation hosted here.

    Parameters
    ----------
    number : int
        Its number in the registry.
    signing : Path
        Keystore of the key that signs its intents.
    encryption : tuple of Path
        Its encryption keys, one for each epoch, the oldest first.
    first_epoch : int
        Epoch of the first of them; keys of earlier ones were destroyed.
    dispute_missing_after_s, dispute_broken_after_s : int, optional
        After how long the gateway disputes, by itself, an order whose recorded document cannot be
        had, or does not hold; never, when left out.
    hold_findings, dispute_findings : bool
        Whether a document that contradicts what was agreed is held for a person, or disputed,
        though the agreement says something milder.
    """

    number: int = Field(ge=1, lt=2**32)
    signing: Path
    encryption: tuple[Path, ...] = Field(min_length=1)
    first_epoch: int = Field(default=1, ge=1)
    dispute_missing_after_s: int | None = Field(default=None, ge=0)
    dispute_broken_after_s: int | None = Field(default=None, ge=0)
    hold_findings: bool = False
    dispute_findings: bool = False

    @property
    def encryption_by_epoch(self) -> dict[int, Path]:
        """Key files by key epoch."""
        return dict(enumerate(self.encryption, self.first_epoch))


class Settings(BaseSettings):
    """Everything a gateway is told from outside.

    Parameters
    ----------
    home : Path
        The gateway's folder; every relative path starts here.
    """

    model_config = SettingsConfigDict(
        env_prefix="CONSIGN_",
        env_nested_delimiter="__",
        frozen=True,
        # The environment also holds variables of other programs of the network.
        extra="ignore",
        hide_input_in_errors=True,
    )

    home: Path
    gateway: HttpSettings = HttpSettings()
    chain: ChainSettings = ChainSettings()
    database: DatabaseSettings = DatabaseSettings()
    vault: VaultSettings = VaultSettings()
    relayer: RelayerSettings = RelayerSettings()
    keys: KeySettings = KeySettings()
    outward: OutwardSettings = OutwardSettings()
    webhooks: WebhookSettings = WebhookSettings()
    messages: MessageSettings = MessageSettings()
    organisation: tuple[OrganisationSettings, ...] = ()

    @classmethod
    def load(cls, home: Path) -> Self:
        """Read the settings of a home folder.

        Raises
        ------
        SettingsInvalid
            With everything that is wrong.
        """
        home = home.resolve()
        try:
            table = tomllib.loads((home / SETTINGS_FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SettingsInvalid(home, [f"there is no {SETTINGS_FILE}"]) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsInvalid(home, [f"{SETTINGS_FILE}: {error}"]) from None
        unknown = sorted(set(table) - set(cls.model_fields) | {"home"} & set(table))
        if unknown:
            raise SettingsInvalid(home, [f"{name} is no section" for name in unknown])
        try:
            settings = cls(home=home, **table)
        except ValidationError as error:
            raise SettingsInvalid(home, _findings_of(error)) from None
        # CONSIGN_HOME tells the command line where to look; the folder found is what counts.
        return settings.model_copy(update={"home": home})

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment overrule the file, key by key."""
        return env_settings, init_settings

    @model_validator(mode="after")
    def _organisations_are_distinct(self) -> Self:
        numbers = [hosted.number for hosted in self.organisation]
        if len(set(numbers)) != len(numbers):
            raise ValueError("an organisation stands twice")
        return self

    @property
    def organisations(self) -> frozenset[int]:
        """Numbers of the organisations hosted here."""
        return frozenset(hosted.number for hosted in self.organisation)

    @property
    def endpoint(self) -> str:
        """Base address of this gateway, without a slash at its end."""
        own = f"http://{self.gateway.host}:{self.gateway.port}"
        return (self.gateway.endpoint or own).rstrip("/")

    @property
    def database_url(self) -> str:
        """The database's URL, with the path of a SQLite file made absolute."""
        url = self.database.url
        if not url.startswith(SQLITE_PREFIX):
            return url
        return SQLITE_PREFIX + str(self.path(Path(url.removeprefix(SQLITE_PREFIX))))

    @property
    def has_database(self) -> bool:
        """Whether there may be a database; a member without a gateway has none."""
        url = self.database_url
        return not url.startswith(SQLITE_PREFIX) or Path(url.removeprefix(SQLITE_PREFIX)).exists()

    def path(self, path: Path) -> Path:
        """Make a path of the settings absolute."""
        return path if path.is_absolute() else (self.home / path).resolve()


def _findings_of(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(str(step) for step in found['loc']) or SETTINGS_FILE}: {found['msg']}"
        for found in error.errors(include_url=False, include_input=False)
    ]
