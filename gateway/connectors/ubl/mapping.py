"""The vocabulary of mapping tables: which UBL element stands for which field.

A table says, for one aggregate type of UBL, which child stands for which field of a document:

- a `Leaf` is a basic element (``cbc:``): its text is a scalar, its attributes may be scalars too;
- a `Branch` is an aggregate (``cac:``): an object of its own, or (`field` ``None``) just a wrapper
  whose children belong to the object around it;
- the field ``VALUE`` stands for the whole object, for aggregates that hold one thing only.

What no table names rides along: see `gateway.connectors.ubl.parser`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
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
    """

    field: str
    kind: Kind
    nested: str | None = None
    attributes: dict[str, Attribute] = dataclasses.field(default_factory=dict)
    is_many: bool = False
    is_required: bool = False
    may_repeat: bool = False


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
    """

    field: str | None
    content: Content
    is_many: bool = False
    is_required: bool = False
    may_repeat: bool = False
    has_extras: bool = False
    gather: Callable[[Any], Iterable[Any]] | None = None


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
    """

    type_name: str
    children: dict[str, Leaf | Branch]
    needed: tuple[str, ...] = ()
    finish: Finish | None = None
    by_tag: dict[str, Leaf | Branch] = dataclasses.field(init=False)
    required_tags: tuple[str, ...] = dataclasses.field(init=False)
    steps: dict[str, str] = dataclasses.field(init=False)
    ranks: dict[str, int] = dataclasses.field(init=False)

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

    @property
    def holds_one_value(self) -> bool:
        """Whether the object is just the value of one child."""
        return VALUE in self.needed


_AMOUNT_ATTRIBUTES: Final = {"currencyID": Attribute("currency_id", CURRENCY, True)}
_UNIT_ATTRIBUTES: Final = {"unitCode": Attribute("unit_code", UNIT, True)}
_OPTIONAL_UNIT: Final = {"unitCode": Attribute("unit_code", UNIT)}
_SCHEME: Final = {"schemeID": Attribute("scheme_id", CODE)}


def text(field: str, **flags: bool) -> Leaf:
    """Map an element of free text."""
    return Leaf(field, TEXT, **flags)  # type: ignore[arg-type]


def identifier(field: str, **flags: bool) -> Leaf:
    """Map an identifier without a scheme."""
    return Leaf(field, IDENTIFIER, **flags)  # type: ignore[arg-type]


def identification(field: str, **flags: bool) -> Leaf:
    """Map an identifier with its scheme."""
    return Leaf(field, IDENTIFIER, "id", _SCHEME, **flags)


def code(field: str, **flags: bool) -> Leaf:
    """Map a code."""
    return Leaf(field, CODE, **flags)  # type: ignore[arg-type]


def amount(field: str, **flags: bool) -> Leaf:
    """Map an amount of money with its currency."""
    return Leaf(field, AMOUNT, "value", _AMOUNT_ATTRIBUTES, **flags)


def quantity(field: str, *, is_unit_optional: bool = False, **flags: bool) -> Leaf:
    """Map a quantity with its unit."""
    attributes = _OPTIONAL_UNIT if is_unit_optional else _UNIT_ATTRIBUTES
    return Leaf(field, UNSIGNED, "value", attributes, **flags)


def one(type_name: str, child: str, entry: Leaf | Branch) -> Content:
    """Map an aggregate that holds one thing: the object is that thing."""
    assert entry.field == VALUE
    return Content(type_name, {child: entry}, needed=(VALUE,))
