"""The vocabulary of mapping tables: which UBL element stands for which field.

A table says, for one aggregate type of UBL, which child stands for which field of a document:

- a `Leaf` is a basic element (``cbc:``): its text is a scalar, its attributes may be scalars too;
- a `Branch` is an aggregate (``cac:``): an object of its own, or (`field` ``None``) just a wrapper
  whose children belong to the object around it;
- the field ``VALUE`` stands for the whole object, for aggregates that hold one thing only.

What no table names rides along: see `gateway.connectors.ubl.extra`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from gateway.connectors.ubl.reader import CAC, CBC, EXT, step_of
from gateway.connectors.ubl.scalar import (
    AMOUNT,
    CODE,
    CURRENCY,
    IDENTIFIER,
    TEXT,
    UNIT,
    UNSIGNED,
    Kind,
)
from gateway.connectors.ubl.sequence import RANKS
from gateway.connectors.ubl.state import State
from gateway.connectors.ubl.taking import Take, taker_of
from ledger.document.part import LINES_MAX

REPEATS_MAX: Final = 1_000

VALUE: Final = ""
"""The field name that stands for the object itself."""

_SPACES: Final = (CAC, CBC, EXT)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that stands for a field.

    Parameters
    ----------
    field : str
        The field.
    kind : Kind
        How it is read.
    is_required : bool
        Whether the element is refused without it.
    """

    field: str
    kind: Kind
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Leaf:
    """A basic element that stands for a field.

    Parameters
    ----------
    field : str
        The field, or ``VALUE``.
    kind : Kind
        How its text is read.
    nested : str, optional
        When the field is an object: the field of that object that takes the text.
    attributes : dict
        Name of an attribute to the field it stands for, beside the text.
    is_many, is_required, may_repeat : bool
        Whether the field is a list; whether a document is refused without it; whether UBL has the
        element more often than the field can hold (the further ones ride along).
    filler : str, optional
        For an element that UBL requires and no field stands for (`field` ``None``): what is
        written wherever the aggregate around it has other content.
    """

    field: str | None
    kind: Kind
    nested: str | None = None
    attributes: dict[str, Attribute] = dataclasses.field(default_factory=dict)
    is_many: bool = False
    is_required: bool = False
    may_repeat: bool = False
    filler: str | None = None
    required_attributes: tuple[str, ...] = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        """Gather the names of required attributes."""
        required = tuple(name for name, slot in self.attributes.items() if slot.is_required)
        object.__setattr__(self, "required_attributes", required)

    @property
    def limit(self) -> int:
        """How often it may stand at its place."""
        return REPEATS_MAX


@dataclass(frozen=True, slots=True)
class Branch:
    """An aggregate that stands for a field.

    Parameters
    ----------
    field : str or None
        The field, ``VALUE``, or ``None`` when its children belong to the object around it.
    content : Content
        The table of its own children.
    is_many, is_required, may_repeat : bool
        As in `Leaf`.
    has_extras : bool
        Whether its object carries extras of its own.
    gather : callable, optional
        Object around it to objects to write, where that is more than reading the field.
    gathered : dict
        The further fields that `gather` reads, and their tables.
    is_filled : bool
        Whether UBL requires it where the document need not have it: an empty one says nothing.
    """

    field: str | None
    content: Content
    is_many: bool = False
    is_required: bool = False
    may_repeat: bool = False
    has_extras: bool = False
    gather: Callable[[Any], Iterable[Any]] | None = None
    gathered: dict[str, Content] = dataclasses.field(default_factory=dict)
    is_filled: bool = False

    @property
    def limit(self) -> int:
        """How often it may stand at its place: lines more often than anything else."""
        return LINES_MAX if self.has_extras else REPEATS_MAX


Finish = Callable[[dict[str, Any], list[tuple[str, str]], str], None]
"""Mends an object once its children are read: fields, extras, path."""


@dataclass(frozen=True)
class Content:
    """The table of one aggregate type.

    Parameters
    ----------
    type_name : str
        Its type in UBL, which decides the order of its children.
    children : dict
        Local name of a child to what it stands for.
    needed : tuple of str
        Fields without which there is no object; an element without them rides along whole.
    finish : callable, optional
        What remains to be done once the children are read.
    derived : dict
        Fields that `finish` reads from other fields, and these; written only through them.
    """

    type_name: str
    children: dict[str, Leaf | Branch]
    needed: tuple[str, ...] = ()
    finish: Finish | None = None
    derived: dict[str, str] = dataclasses.field(default_factory=dict)
    by_tag: dict[str, Leaf | Branch] = dataclasses.field(init=False)
    required_tags: tuple[str, ...] = dataclasses.field(init=False)
    filler_tags: tuple[str, ...] = dataclasses.field(init=False)
    steps: dict[str, str] = dataclasses.field(init=False)
    ranks: dict[str, int] = dataclasses.field(init=False)
    states: dict[tuple[str, frozenset[str]], State] = dataclasses.field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Order the children as UBL does and spell their tags."""
        ranks = RANKS[self.type_name]
        ordered = sorted(self.children.items(), key=lambda item: ranks[item[0]])
        by_tag = {
            f"{{{CBC if isinstance(entry, Leaf) else CAC}}}{name}": entry for name, entry in ordered
        }
        full = {f"{{{space}}}{name}": rank for name, rank in ranks.items() for space in _SPACES}
        object.__setattr__(self, "ranks", full)
        object.__setattr__(self, "by_tag", by_tag)
        object.__setattr__(self, "steps", {tag: step_of(tag) for tag in by_tag})
        required = tuple(tag for tag, entry in by_tag.items() if entry.is_required)
        object.__setattr__(self, "required_tags", required)
        fillers = tuple(
            tag
            for tag, entry in by_tag.items()
            if (entry.field is None if isinstance(entry, Leaf) else entry.is_filled)
        )
        object.__setattr__(self, "filler_tags", fillers)

    @cached_property
    def fields(self) -> dict[str, Leaf | Branch]:
        """Every field of the object that the message holds, and the entry that holds it."""
        found: dict[str, Leaf | Branch] = {}
        for entry in self.by_tag.values():
            if isinstance(entry, Branch):
                found |= {name: Branch(name, inner) for name, inner in entry.gathered.items()}
                if entry.field is None:
                    found |= entry.content.fields
            elif entry.nested is None:
                found |= {slot.field: entry for slot in entry.attributes.values()}
            if entry.field is not None:
                found[entry.field] = entry
        return found

    @cached_property
    def holds_one_value(self) -> bool:
        """Whether the object is just the value of one child."""
        return VALUE in self.needed

    @cached_property
    def takers(self) -> dict[str, Take]:
        """What takes each basic element that stands for a field, when it is as it should be."""
        return {
            tag: taker_of(entry, entry.field)
            for tag, entry in self.by_tag.items()
            if isinstance(entry, Leaf) and entry.field is not None
        }

    @cached_property
    def start(self) -> State:
        """Where the reading of its children begins."""
        return State.first(self)


def values_of(entry: Leaf | Branch, holder: Any) -> Iterable[Any]:
    """Give what of an object is to be written as this entry."""
    if isinstance(entry, Branch) and entry.gather is not None:
        return entry.gather(holder)
    if entry.field is None:
        return ()
    value = holder if entry.field == VALUE else getattr(holder, entry.field)
    if entry.is_many:
        return value  # type: ignore[no-any-return]
    return () if value is None else (value,)


_AMOUNT_ATTRIBUTES: Final = {"currencyID": Attribute("currency_id", CURRENCY, True)}
_UNIT_ATTRIBUTES: Final = {"unitCode": Attribute("unit_code", UNIT, True)}
_OPTIONAL_UNIT: Final = {"unitCode": Attribute("unit_code", UNIT)}
_SCHEME: Final = {"schemeID": Attribute("scheme_id", CODE)}


def filler(content: str) -> Leaf:
    """Map an element that UBL requires and no field stands for."""
    return Leaf(None, IDENTIFIER, filler=content)


def text(field: str, **flags: bool) -> Leaf:
    """Map an element of free text."""
    return Leaf(field, TEXT, **flags)  # type: ignore[arg-type]


def identifier(field: str, **flags: bool) -> Leaf:
    """Map an identifier without a scheme."""
    return Leaf(field, IDENTIFIER, **flags)  # type: ignore[arg-type]


def identification(field: str, **flags: bool) -> Leaf:
    """Map an identifier with its scheme."""
    return Leaf(field, IDENTIFIER, "id", _SCHEME, **flags)  # type: ignore[arg-type]


def code(field: str, **flags: bool) -> Leaf:
    """Map a code."""
    return Leaf(field, CODE, **flags)  # type: ignore[arg-type]


def amount(field: str, **flags: bool) -> Leaf:
    """Map an amount of money with its currency."""
    return Leaf(field, AMOUNT, "value", _AMOUNT_ATTRIBUTES, **flags)  # type: ignore[arg-type]


def quantity(field: str, *, is_unit_optional: bool = False, **flags: bool) -> Leaf:
    """Map a quantity with its unit."""
    attributes = _OPTIONAL_UNIT if is_unit_optional else _UNIT_ATTRIBUTES
    return Leaf(field, UNSIGNED, "value", attributes, **flags)  # type: ignore[arg-type]


def one(type_name: str, child: str, entry: Leaf | Branch) -> Content:
    """Map an aggregate that holds one thing: the object is that thing."""
    assert entry.field == VALUE
    return Content(type_name, {child: entry}, needed=(VALUE,))
