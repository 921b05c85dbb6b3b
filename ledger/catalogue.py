"""The catalogue of errors, `contracts/spec/errors.toml`, and the base of the errors in it.

What each error carries, means and asks for is the table's; the classes are in `ledger/errors.py`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Final, Self

from eth_abi.abi import decode, encode
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from ledger import lifecycle
from ledger.number import agreement_id, auction_id
from ledger.role import Permission, role_names
from ledger.spec import read_toml

_EXACT_MAX: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One error of the catalogue.

    Parameters
    ----------
    name, group : str
        Its name, and the component it belongs to.
    types, names : tuple of str
        Solidity types of its arguments, and their names in snake_case.
    machine : str, optional
        Lifecycle whose states `current` and `allowed` are.
    status : int
        HTTP status.
    sentence, why, remedy : str
        What happened (a template over `names`), how it comes about, what the caller should do.
    is_chain, is_retired : bool
        Whether contracts raise it; whether nothing raises it any more.
    """

    name: str
    group: str
    types: tuple[str, ...]
    names: tuple[str, ...]
    machine: str | None
    status: int
    sentence: str
    why: str
    remedy: str
    is_chain: bool
    is_retired: bool

    @property
    def signature(self) -> str:
        """The Solidity signature, for example ``AgreementUnknown(uint64)``."""
        return f"{self.name}({','.join(self.types)})"

    @property
    def selector(self) -> bytes:
        """The four bytes that begin the encoded error."""
        return keccak(self.signature.encode())[:4]

    def context(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Give the arguments as people and JSON take them: identifiers, names of states, hex."""
        return {key: self._shown(key, value) for key, value in arguments.items()}

    def say(self, context: Mapping[str, Any]) -> str:
        """Fill the sentence; a list reads as alternatives."""
        spoken = {
            key: " or ".join(map(str, value)) if isinstance(value, list) else value
            for key, value in context.items()
        }
        return self.sentence.format_map(spoken)

    def _shown(self, key: str, value: Any) -> Any:
        if self.machine and key == "current":
            return _state(self.machine, value)
        if self.machine and key == "allowed":
            return lifecycle.states_in(self.machine, value)
        if key in _RENDERED and isinstance(value, int):
            return _RENDERED[key](value)
        if isinstance(value, bytes):
            return "0x" + value.hex()
        if isinstance(value, int) and value > _EXACT_MAX:
            return str(value)
        return value


@cache
def catalogue() -> dict[str, Entry]:
    """Every error by its name, in the order of the table."""
    table = read_toml("errors.toml")
    entries: dict[str, Entry] = {}
    for group, members in table.items():
        for name, fields in members.items() if isinstance(members, dict) else ():
            assert name not in entries, f"{name} stands twice in errors.toml"
            entries[name] = _entry(name, group, fields, group in table["chain"])
    return entries


def snake_case(name: str) -> str:
    """Turn a Solidity name into a Python one: ``blockTime`` into ``block_time``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _entry(name: str, group: str, fields: dict[str, Any], is_chain: bool) -> Entry:
    pairs = [argument.split() for argument in fields.get("args", [])]
    return Entry(
        name=name,
        group=group,
        types=tuple(pair[0] for pair in pairs),
        names=tuple(snake_case(pair[1]) for pair in pairs),
        machine=fields.get("machine"),
        status=fields["status"],
        sentence=fields["sentence"],
        why=fields["why"],
        remedy=fields["remedy"],
        is_chain=is_chain,
        is_retired=fields.get("retired", False),
    )


def _with_checksum(solidity_type: str, value: Any) -> Any:
    return to_checksum_address(value) if solidity_type == "address" else value


def _state(machine: str, number: int) -> str:
    names = lifecycle.states(machine)
    return names[number] if number < len(names) else str(number)


def _action(number: int) -> str | int:
    return lifecycle.row_of(number).action if lifecycle.is_action(number) else number


def _permission(bitmap: int) -> str:
    return "+".join(name.lower() for name, bit in _SINGLE_PERMISSIONS if bitmap & bit)


_SINGLE_PERMISSIONS: Final = [
    (name, bit) for name, bit in Permission.__members__.items() if bit != Permission.ALL
]
_RENDERED: Final[dict[str, Callable[[int], Any]]] = {
    "agreement": agreement_id,
    "auction": auction_id,
    "action": _action,
    "permission": _permission,
    "role": lambda bitmap: "+".join(role_names(bitmap)),
}


class LedgerError(Exception):
    """Anything that the ledger refuses; use one of its subclasses.

    Parameters
    ----------
    **arguments : Any
        What the sentence of the catalogue names, as plain values.
    """

    entry: ClassVar[Entry]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        found = catalogue().get(cls.__name__)
        if found is not None:
            cls.entry = found

    def __init__(self, **arguments: Any) -> None:
        self.arguments = arguments
        self.context = self.entry.context(arguments)
        self.sentence = self.entry.say(self.context)
        super().__init__(self.sentence)

    @property
    def name(self) -> str:
        """Name of the error, the same in every catalogue."""
        return type(self).__name__

    @property
    def status(self) -> int:
        """HTTP status that a gateway answers with."""
        return self.entry.status

    @property
    def remedy(self) -> str:
        """What the caller should do."""
        return self.entry.remedy


class Refused(LedgerError):
    """The chain said no; nothing of the refused intent was recorded.

    Parameters
    ----------
    *values : Any
        The arguments of the Solidity error, in order; or all of them by name.
    """

    def __init__(self, *values: Any, **arguments: Any) -> None:
        if values:
            assert not arguments
            arguments = dict(zip(self.entry.names, values, strict=True))
        super().__init__(**arguments)

    @classmethod
    def decoded(cls, data: bytes) -> Self:
        """Read the error from its encoding, selector included."""
        values = decode(cls.entry.types, data[4:])
        return cls(*(_with_checksum(*pair) for pair in zip(cls.entry.types, values, strict=True)))

    def encoded(self) -> bytes:
        """Give the error as the contract encodes it."""
        values = [self.arguments[name] for name in self.entry.names]
        return self.entry.selector + encode(self.entry.types, values)
