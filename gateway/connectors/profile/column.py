"""What a column of a partner's table holds, told from its name and its cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from gateway.connectors.csv.date_format import date_reader

ABSENT: Final = ("", "-", "--", "N/A", "n/a", "NA", "null", "NULL", "None")
_LINE: Final = "order.order_line[0]."

_NAMES: Final = {
    "order.id": "po po_no po_number purchase_order order order_no order_number order_id "
    "bestellnummer bestell_nr bestellung auftragsnummer commande no_commande pedido ordine",
    f"{_LINE}id": "line line_no line_number pos position zeile ligne linea posicion line_item",
    "order.issue_date": "date order_date po_date issue_date ordered bestelldatum datum "
    "date_commande fecha fecha_pedido created",
    f"{_LINE}requested_delivery_period.end_date": "delivery_date due due_date wanted requested "
    "requested_date requested_delivery_date need_by liefertermin lieferdatum wunschtermin "
    "date_livraison fecha_entrega",
    f"{_LINE}quantity.value": "qty quantity order_qty ordered_qty pieces menge bestellmenge anzahl "
    "quantite cantidad quantita",
    f"{_LINE}quantity.unit_code": "unit uom units einheit me mengeneinheit unite unidad unita",
    f"{_LINE}price.price_amount.value": "price unit_price net_price preis einzelpreis nettopreis "
    "prix prix_unitaire precio prezzo",
    "order.document_currency_code": "currency curr cur waehrung wahrung devise moneda valuta",
    f"{_LINE}item.name": "description item_name article product product_name designation "
    "item_description bezeichnung artikel artikelbezeichnung libelle descripcion name",
    f"{_LINE}item.sellers_item_identification.id": "vendor_item supplier_item seller_item "
    "supplier_sku vendor_sku supplier_article lieferantenartikel ref_fournisseur",
    f"{_LINE}item.buyers_item_identification.id": "item item_no item_number item_code sku material "
    "material_no part part_no part_number article_no artikelnummer artikel_nr",
    f"{_LINE}item.standard_item_identification.id": "ean gtin upc barcode ean13 gtin14",
    "order.buyer_customer_party.name": "buyer customer brand kunde client cliente besteller",
    "order.seller_supplier_party.name": "vendor supplier seller lieferant fournisseur proveedor",
    "order.customer_reference": "customer_reference your_reference reference_no kundenreferenz",
    f"{_LINE}note[0]": "note notes comment comments remark remarks bemerkung commentaire nota",
}
_TARGETS: Final = {
    name.replace("_", ""): target for target, names in _NAMES.items() for name in names.split()
}

_MARKS: Final = ((".", ""), (",", ""), (".", ","), (",", "."), (".", " "), (",", " "), (".", "'"))
_DAYS: Final = (
    *("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%d-%b-%Y"),
    *("%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%d-%b-%y", "%Y%m%d", "%d %b %Y"),
)

_KEY_COLUMNS_MAX: Final = 12
"""Of those that may be part of a key."""

Marks = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sample.

    Parameters
    ----------
    name : str
        As its header spells it.
    cells : tuple of str
        What stands below it, stripped.
    texts : tuple of str
        Those that are text: the numbers of a workbook are numbers, whatever marks they show.
    """

    name: str
    cells: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def present(self) -> tuple[str, ...]:
        """The cells that have a value."""
        return tuple(each for each in self.cells if each not in ABSENT)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The texts that have a value; what marks are told from."""
        return tuple(each for each in self.texts if each not in ABSENT)

    @property
    def is_complete(self) -> bool:
        """Whether every row has a value."""
        return len(self.present) == len(self.cells)

    @property
    def target(self) -> str:
        """The field that its name speaks of; empty when it speaks of none."""
        return _TARGETS.get(_folded(self.name), "")


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).lower().replace("ß", "ss")
    return re.sub(r"[^a-z0-9]", "", plain)


def marks_of(columns: Iterable[Column]) -> list[Marks]:
    """List the decimal and grouping marks by which all numbers of a table can be read."""
    numbers = [each for column in columns for each in column.numbers]
    return [marks for marks in _MARKS if all(_is_number(marks, each) for each in numbers)]


def is_numeric(column: Column) -> bool:
    """Tell whether all of a column are numbers, by some marks."""
    return bool(column.present) and bool(marks_of([column]))


def says_the_same(columns: Iterable[Column], fitting: Sequence[Marks]) -> bool:
    """Tell whether all numbers mean the same by several marks."""
    numbers = {each for column in columns for each in column.numbers}
    return all(len({_value(marks, each) for marks in fitting}) == 1 for each in numbers)


def _is_number(marks: Marks, text: str) -> bool:
    decimal, grouping = map(re.escape, marks)
    whole = rf"\d+|\d{{1,3}}(?:{grouping}\d{{3}})+" if grouping else r"\d+"
    return re.fullmatch(rf"-?(?:{whole})(?:{decimal}\d+)?", text, re.ASCII) is not None


def _value(marks: Marks, text: str) -> str:
    whole, _, fraction = text.replace(marks[1], "").partition(marks[0])
    return f"{whole}.{fraction.rstrip('0')}"


def formats_of(column: Column) -> list[str]:
    """List the formats by which all of a column are days; by each they are other days."""
    if not column.present:
        return []
    fitting: dict[tuple[str | None, ...], str] = {}
    for pattern in _DAYS:
        reader = date_reader(pattern)
        days = tuple(map(reader, column.present))
        if all(days):
            fitting.setdefault(days, pattern)
    return list(fitting.values())


def key_of(columns: Sequence[Column]) -> tuple[str, ...]:
    """Find the columns that tell rows apart: the number of the order, with its line, or any."""
    complete = [each for each in columns if each.is_complete and each.cells]
    numbers = [each for each in complete if each.target == "order.id"]
    lines = [each for each in complete if each.target == f"{_LINE}id"]
    rest = [each for each in complete if each not in (*numbers, *lines)]
    ordered = [*numbers, *lines, *rest][:_KEY_COLUMNS_MAX]
    for size in (1, 2, 3):
        for chosen in combinations(ordered, size):
            rows = list(zip(*(each.cells for each in chosen), strict=True))
            # The number of a line is its own within its order only.
            is_about_the_order = numbers[0] in chosen if numbers else list(chosen) != lines
            if is_about_the_order and len(set(rows)) == len(rows):
                return tuple(each.name for each in chosen)
    return ()
