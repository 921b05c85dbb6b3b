"""A partner and its habits, as one TOML file says them.

::

    name = "acme"                              # what channels and `sender` call it
    version = "2026-11-01"
    senders = ["van-7"]                        # further names of whoever brings its messages
    addresses = ["14:4012345000009", "ACME"]   # its own in envelopes, with or without qualifier
    own_address = "14:4098765000004"           # ours, where messages to it do not name one

    # the keys of X12 and EDIFACT: gateway/connectors/edi/profile.py

    [[table]]                                  # each kind of CSV file or workbook that it sends,
    key = ["PO"]                               # as docs/import.md has it
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError

from gateway.connectors.csv.profile import Profile
from gateway.connectors.edi.message import Address
from gateway.connectors.edi.profile import PartnerProfile
from gateway.connectors.message import Finding, InvalidProfile, Location, shortened
from gateway.connectors.profile.place import Steps, line_of, lines_of

BYTES_MAX: Final = 64 * 1024
FINDINGS_MAX: Final = 100

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Version = Annotated[str, StringConstraints(pattern=r"^[\w.:+-]{1,40}$")]
Sender = Annotated[str, StringConstraints(pattern=r"^[^\x00]{1,200}$")]

_ADDRESS: Final = r"^([^\s:]{1,4}:)?[^\x00:]{1,35}$"
AddressText = Annotated[str, StringConstraints(pattern=_ADDRESS)]


@dataclass(frozen=True)
class Partner(PartnerProfile):
    """A partner: the names it is known by, its ways in X12 and EDIFACT, and its tables."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: Name = ""
    version: Version = ""
    senders: tuple[Sender, ...] = ()
    addresses: tuple[AddressText, ...] = ()
    own_address: AddressText | None = None
    table: tuple[Profile, ...] = ()

    @property
    def label(self) -> str:
        """Name and version; empty for a partner without a profile."""
        return f"{self.name} {self.version}".strip()

    def is_called(self, sender: str) -> bool:
        """Tell whether whoever brought a message is called so."""
        return sender in (self.name, *self.senders)

    def is_at(self, address: Address) -> bool:
        """Tell whether an address of an envelope is one of its own."""
        number = address.id.strip()
        texts = {number, f"{address.qualifier}:{number}"}
        return bool(number) and not texts.isdisjoint(self.addresses)

    @property
    def address(self) -> Address | None:
        """Where messages to it go, where they do not name it themselves."""
        return address_of(self.addresses[0]) if self.addresses else None

    @property
    def sending_address(self) -> Address | None:
        """Whom messages to it come from, where they do not name it themselves."""
        return address_of(self.own_address) if self.own_address else None


NOBODY: Final = Partner()
"""A partner that has no profile: it follows the standards."""

_ADAPTER: Final = TypeAdapter(Partner)


def is_address(text: str) -> bool:
    """Tell whether a text is an address as profiles spell it."""
    return re.match(_ADDRESS, text) is not None


def address_of(text: str) -> Address:
    """Read an address as a profile spells it."""
    qualifier, _, number = text.rpartition(":")
    return Address(number, qualifier)


def read_partner(content: bytes) -> Partner:
    """Read a profile.

    Raises
    ------
    InvalidProfile
        With every key that breaks a rule of the format, and where it stands.
    """
    table, text = _toml(content)
    try:
        return _ADAPTER.validate_python({"name": "", "version": "", **table})
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)[:FINDINGS_MAX]
        lines = lines_of(text)
        raise InvalidProfile([_finding(each, lines) for each in found]) from None


def _toml(content: bytes) -> tuple[dict[str, Any], str]:
    if len(content) > BYTES_MAX:
        rule, found = f"A profile has at most {BYTES_MAX} bytes.", f"{len(content)} bytes"
        raise InvalidProfile([Finding(rule, Location(1, 1), found, "Shorten it.")])
    try:
        text = content.decode("utf-8")
        return tomllib.loads(text), text
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        location = Location(int(place[1]), int(place[2])) if place else Location(1, 1)
        finding = Finding("A profile is TOML in UTF-8.", location, str(error), "Correct the file.")
        raise InvalidProfile([finding]) from None


def _finding(error: Any, lines: Mapping[Steps, int]) -> Finding:
    steps = [str(step) for step in error["loc"] if step != "[key]"]
    rule = error["msg"].removeprefix("Value error, ")
    found = error.get("input")
    return Finding(
        f"{rule[:1].upper()}{rule[1:]}.",
        Location(line_of(tuple(steps), lines), 1, ".".join(steps)),
        shortened(found) if isinstance(found, str) else "",
        "Correct the profile.",
    )
