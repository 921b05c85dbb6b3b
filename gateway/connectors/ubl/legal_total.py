"""The sums of a bill, where UBL leaves them out or OIOUBL means something else by them.

UBL requires the sum of the lines and what is to be paid. The sums without and with tax follow from
the others. In OIOUBL the element of the sum without tax holds the sum of the taxes.

Notes
-----
Source: OASIS UBL 2.4, MonetaryTotal; OIOUBL 2.02, Totals (LegalMonetaryTotal), G31.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from gateway.connectors.ubl.extra import Extras, absent, is_left_out
from gateway.connectors.ubl.scalar import padded
from ledger.document.money import total
from ledger.document.scalar import exact

_EXCLUSIVE: Final = "cbc:TaxExclusiveAmount"
_INCLUSIVE: Final = "cbc:TaxInclusiveAmount"

Amount = dict[str, Any]


def conclude_sums(sums: dict[str, Amount], tax: Amount | None, extras: Extras, place: str) -> None:
    """Give a bill the sums without and with tax.

    Parameters
    ----------
    sums : dict
        The sums that it names, that of the lines among them.
    tax : dict, optional
        The tax that it names.
    extras : list
        Takes what was not there, or said in another way.
    place : str
        Path of the sums.
    """
    lines = sums["line_extension_amount"]
    net = _sum(lines, None, sums.get("allowance_total_amount"), sums.get("charge_total_amount"))
    stated = sums.get("tax_exclusive_amount")
    if stated is None:
        _conclude("tax_exclusive_amount", _EXCLUSIVE, net, sums, extras, place)
    elif tax is not None and stated["value"] == tax["value"] != net:
        _note_tax(stated, extras, f"{place}/{_EXCLUSIVE}")
        sums["tax_exclusive_amount"] = stated | {"value": net}
    if "tax_inclusive_amount" not in sums and "tax_exclusive_amount" in sums:
        gross = _sum(sums["tax_exclusive_amount"], None, None, tax)
        _conclude("tax_inclusive_amount", _INCLUSIVE, gross, sums, extras, place)


def _sum(*amounts: Amount | None) -> str:
    """Add the first and the last, less those between."""
    first, *less, last = (Decimal(each["value"]) if each else Decimal(0) for each in amounts)
    return exact(total((first, last, *(each.copy_negate() for each in less))))


def _conclude(
    field: str, step: str, value: str, sums: dict[str, Amount], extras: Extras, place: str
) -> None:
    if is_left_out(extras, f"{place}/{step}"):
        sums[field] = sums["line_extension_amount"] | {"value": value}
        extras.append((f"{place}/{absent(step)}", ""))


def _note_tax(stated: Amount, extras: Extras, place: str) -> None:
    """Have the sum of the taxes written again in place of the sum without tax."""
    currency = stated.get("currency_id")
    own = [each for each in extras if each[0].startswith(place)]
    spelled = dict(own).get(place, padded(stated["value"], currency))
    for each in own:
        extras.remove(each)
    parent, _, step = place.rpartition("/")
    extras += [(f"{parent}/{absent(step)}", ""), (place, spelled)]
    extras.append((f"{place}/@currencyID", currency or ""))
    extras += [each for each in own if "/@" in each[0] and not each[0].endswith("/@currencyID")]
