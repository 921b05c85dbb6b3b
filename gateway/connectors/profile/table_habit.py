"""How a partner's CSV files and workbooks are laid out, and a mapping of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gateway.connectors.profile.column import (
    ABSENT,
    Column,
    formats_of,
    is_numeric,
    key_of,
    marks_of,
    says_the_same,
)
from gateway.connectors.profile.proposal import Key, Section
from gateway.connectors.profile.sheet import Sheet
from gateway.connectors.profile.unit_guess import guessed_unit

_LINE: Final = "order.order_line[0]."
_PRICE: Final = f"{_LINE}price.price_amount."
_UNIT: Final = f"{_LINE}quantity.unit_code"
_DAYS_FIELDS: Final = ("order.issue_date", f"{_LINE}requested_delivery_period.end_date")
_NUMBERS: Final = (f"{_LINE}quantity.value", f"{_PRICE}value")
_REQUIRED: Final = ("order.id", "order.issue_date", f"{_LINE}quantity.value", f"{_LINE}id")
_PARTIES: Final = ("order.buyer_customer_party.name", "order.seller_supplier_party.name")


def sections(sheet: Sheet, name: str) -> list[Section]:
    """Propose a table."""
    numeric = [each for each in sheet.columns if each.target in _NUMBERS and is_numeric(each)]
    head = Section(
        "[[table]]",
        (
            Key("name", name),
            Key("version", 1),
            Key("title", f"Orders as in {sheet.file}"),
            *sheet.layout,
            *_header_line(sheet),
            *_marks(numeric),
            _key(sheet.columns),
            Key("absent", _absent(sheet.columns), "Texts that stand for no value."),
        ),
        f"{len(sheet.columns)} columns and {len(sheet.columns[0].cells)} rows of {sheet.file}.",
    )
    return [head, *_fields(sheet.columns)]


def _header_line(sheet: Sheet) -> Iterator[Key]:
    if sheet.header_line > 1:
        why = f"{sheet.header_line - 1} lines stand above the names of the columns."
        yield Key("header_line", sheet.header_line, why)


def _marks(numeric: Sequence[Column]) -> Iterator[Key]:
    fitting = marks_of(numeric)
    shown = ", ".join(dict.fromkeys(cell for each in numeric for cell in each.numbers[:2]))
    is_open = not says_the_same(numeric, fitting)
    if not numeric or not fitting or (fitting[0] == (".", "") and not is_open):
        return
    decimal, grouping = fitting[0] if not is_open else (",", "")
    why = f"Numbers such as {shown}."
    if is_open:
        why = f"Numbers such as {shown} can be read by a decimal comma or by grouped digits: "
        why += "decide which, or they are read with a decimal point."
    yield Key("decimal", decimal, why, is_open=is_open)
    if grouping or is_open:
        yield Key("grouping", grouping or ",", is_open=is_open)


def _key(columns: Sequence[Column]) -> Key:
    found = key_of(columns)
    if found:
        return Key("key", list(found), "No two rows of the sample share it.")
    why = "No few columns tell the rows of the sample apart: choose those that should."
    return Key("key", [columns[0].name], why)


def _absent(columns: Sequence[Column]) -> list[str]:
    seen = {cell for each in columns for cell in each.cells}
    return ["", *(text for text in ABSENT[1:] if text in seen)]


def _fields(columns: Sequence[Column]) -> Iterator[Section]:
    by_target: dict[str, Column] = {}
    for column in columns:
        if column.target:
            by_target.setdefault(column.target, column)
    yield _number(by_target, columns)
    for target, column in by_target.items():
        if target != "order.id":
            yield from _field(target, column, by_target)
    yield from _constants(by_target)
    if _DAYS_FIELDS[0] not in by_target:
        day = (Key("to", _DAYS_FIELDS[0]), Key("column", columns[0].name), Key("kind", "date"))
        why = "No column is named for the day of the order, which every order has: choose one."
        yield Section("[[table.field]]", (*day, Key("dates", ["%Y-%m-%d"])), why, is_open=True)
    rest = [each.name for each in columns if each not in by_target.values()]
    if rest:
        why = f"Columns that no field is proposed for, which ride along: {', '.join(rest)}."
        keys = (Key("to", f"{_LINE}note[0]"), Key("column", rest[0]))
        yield Section("[[table.field]]", keys, why, is_open=True)


def _number(by_target: dict[str, Column], columns: Sequence[Column]) -> Section:
    """Give each row's order its number: a row is an order of its own."""
    key = key_of(columns) or (columns[0].name,)
    required = Key("is_required", value=True)
    if len(key) == 1:
        keys = (Key("to", "order.id"), Key("column", key[0]), required)
    else:
        template = "-".join(f"{{{name}}}" for name in key)
        keys = (Key("to", "order.id"), Key("template", template), required)
    why = "A row is an order with one line, so that its number is that of the row."
    own = by_target.get("order.id")
    if own is not None and key != (own.name,):
        why += f" {own.name} alone stands on several rows."
    return Section("[[table.field]]", keys, why)


def _field(target: str, column: Column, by_target: dict[str, Column]) -> Iterator[Section]:
    keys = [Key("to", _targets(target)), Key("column", column.name)]
    why, is_open = f"Such as {', '.join(dict.fromkeys(column.present[:3]))}.", False
    if target in _NUMBERS:
        keys.append(Key("kind", "decimal"))
        if not is_numeric(column):
            why, is_open = f"{why} Not all of it are numbers.", True
    elif target in _DAYS_FIELDS:
        formats = formats_of(column)
        keys += [Key("kind", "date"), Key("dates", formats or ["%Y-%m-%d"])]
        if len(formats) != 1:
            said = f"Read by {' or '.join(formats)}" if formats else "No one format reads it all"
            why, is_open = f"{why} {said}: decide which, and remove the rest.", True
    elif target == _UNIT:
        units = {each: guessed_unit(each) for each in sorted(set(column.present))}
        keys.append(Key("values", {text: unit for text, unit in units.items() if unit}))
        unknown = [text for text, unit in units.items() if not unit]
        why = "Units by their names; hold them against your agreement."
        if unknown:
            why += f" Rows with these are bad until they are added: {', '.join(unknown)}."
    if target in _REQUIRED:
        keys.append(Key("is_required", value=True))
    if target == f"{_PRICE}value" and "order.document_currency_code" not in by_target:
        why, is_open = f"{why} No column names its currency: add it as a constant.", True
        keys_of_currency = (Key("to", f"{_PRICE}currency_id"), Key("constant", "EUR"))
        yield Section("[[table.field]]", keys_of_currency, is_open=True)
    yield Section("[[table.field]]", tuple(keys), why, is_open)


def _targets(target: str) -> list[str]:
    if target == "order.document_currency_code":
        return [target, f"{_PRICE}currency_id"]
    return [target]


def _constants(by_target: dict[str, Column]) -> Iterator[Section]:
    """Give what every order needs and no column has; what it says is for a person to decide."""
    for target in _PARTIES:
        if target not in by_target:
            role = target.split(".")[1].partition("_")[0]
            yield _constant(target, f"Name of the {role}", "No column names it: decide.", True)
    if f"{_LINE}id" not in by_target:
        yield _constant(f"{_LINE}id", "1", "No column numbers lines: a row has one.", False)
    if _UNIT not in by_target:
        yield _constant(_UNIT, "C62", "No column names the unit of quantities: decide.", True)
    if not any(target.startswith(f"{_LINE}item.") for target in by_target):
        why = "No column is named for what is ordered: choose one."
        yield _constant(f"{_LINE}item.name", "What is ordered", why, True)


def _constant(target: str, text: str, why: str, is_open: bool) -> Section:
    keys = (Key("to", target), Key("constant", text), Key("is_always", value=True))
    return Section("[[table.field]]", keys, why, is_open)
