"""The tax category of a line of a bill, where its item does not name it.

EN 16931 names it at the item. OIOUBL and UBL 2.0 state the tax of each line instead, which no
document holds; it rides along, and names the category.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from gateway.connectors.ubl.extra import Extras, absent
from gateway.connectors.ubl.money import TAX_CATEGORY
from gateway.connectors.ubl.parser import Parse
from gateway.connectors.ubl.reader import CAC, XmlSource, safe_parser


def conclude_category(line: dict[str, Any], extras: Extras, path: str) -> None:
    """Give the item of a line the tax category of its tax, if that is one only.

    Parameters
    ----------
    line : dict
        The fields of the line.
    extras : list
        What rides along with it.
    path : str
        Path of the line.
    """
    item = line.get("item", {})
    taxes = [value for at, value in extras if at.startswith(f"{path}/cac:TaxTotal")]
    if "classified_tax_category" in item or not item or len(taxes) != 1:
        return
    tax = etree.fromstring(taxes[0].encode(), safe_parser())
    categories = tax.findall(f"{{{CAC}}}TaxSubtotal/{{{CAC}}}TaxCategory")
    if len(categories) != 1:
        return
    category: dict[str, Any] = {}
    Parse(XmlSource(tax, b"")).read_children(categories[0], TAX_CATEGORY, category, "", [])
    if "id" in category:
        item["classified_tax_category"] = [category]
        extras.append((f"{path}/cac:Item/{absent('cac:ClassifiedTaxCategory')}", ""))
