"""Mapping tables of prices, taxes, allowances, charges and totals."""

from __future__ import annotations

from itertools import takewhile
from typing import Any, Final

from gateway.connectors.ubl.extra import Extras, absent
from gateway.connectors.ubl.mapping import Branch, Content, Leaf, amount, code, quantity, text
from gateway.connectors.ubl.scalar import DECIMAL, INDICATOR, TAX_CATEGORY_ID, UNSIGNED

_REASON: Final = "cbc:TaxExemptionReason"

TAX_SCHEME: Final = Content("TaxScheme", {"ID": code("tax_scheme")})


def _finish_category(category: dict[str, Any], extras: Extras, path: str) -> None:
    """Take the code of an exemption for its reason, where that is all there is."""
    # What was read of the category stands last; there may be very much before it.
    own = dict(takewhile(lambda each: each[0].startswith(path), reversed(extras)))
    code = own.get(f"{path}/cbc:TaxExemptionReasonCode")
    if code and "tax_exemption_reason" not in category and f"{path}/{_REASON}" not in own:
        category["tax_exemption_reason"] = code
        extras.append((f"{path}/{absent(_REASON)}", ""))


TAX_CATEGORY: Final = Content(
    "TaxCategory",
    {
        "ID": Leaf("id", TAX_CATEGORY_ID),
        "Percent": Leaf("percent", UNSIGNED),
        "TaxExemptionReason": text("tax_exemption_reason", may_repeat=True),
        "TaxScheme": Branch(None, TAX_SCHEME),
    },
    needed=("id",),
    finish=_finish_category,
)

ALLOWANCE_CHARGE: Final = Content(
    "AllowanceCharge",
    {
        "ChargeIndicator": Leaf("charge_indicator", INDICATOR, is_required=True),
        "AllowanceChargeReasonCode": code("allowance_charge_reason_code"),
        "AllowanceChargeReason": text("allowance_charge_reason", may_repeat=True),
        "MultiplierFactorNumeric": Leaf("multiplier_factor_numeric", DECIMAL),
        "Amount": amount("amount", is_required=True),
        "BaseAmount": amount("base_amount"),
        "TaxCategory": Branch("tax_category", TAX_CATEGORY, may_repeat=True),
    },
    needed=("charge_indicator", "amount"),
)

PRICE: Final = Content(
    "Price",
    {
        "PriceAmount": amount("price_amount", is_required=True),
        "BaseQuantity": quantity("base_quantity", is_unit_optional=True),
        "PriceType": text("price_type"),
        "AllowanceCharge": Branch("allowance_charge", ALLOWANCE_CHARGE, is_many=True),
    },
    needed=("price_amount",),
)

MONETARY_TOTAL: Final = Content(
    "MonetaryTotal",
    {
        "LineExtensionAmount": amount("line_extension_amount"),
        "TaxExclusiveAmount": amount("tax_exclusive_amount"),
        "TaxInclusiveAmount": amount("tax_inclusive_amount"),
        "AllowanceTotalAmount": amount("allowance_total_amount"),
        "ChargeTotalAmount": amount("charge_total_amount"),
        "PrepaidAmount": amount("prepaid_amount"),
        "PayableRoundingAmount": amount("payable_rounding_amount"),
        "PayableAmount": amount("payable_amount"),
    },
    needed=("line_extension_amount",),
)

TAX_TOTAL: Final = Content(
    "TaxTotal", {"TaxAmount": amount("tax_amount", is_required=True)}, needed=("tax_amount",)
)


def complete_base_unit(
    line: dict[str, Any], extras: Extras, place: str, quantity_field: str = "quantity"
) -> None:
    """Give a base quantity without unit the unit of its line, and note that it had none.

    Parameters
    ----------
    line : dict
        The fields of the line.
    extras : list
        What rides along with it.
    place : str
        Path of the aggregate that holds the price.
    quantity_field : str
        The field of the line that has the unit.
    """
    base = line.get("price", {}).get("base_quantity")
    unit = line.get(quantity_field, {}).get("unit_code")
    if base is not None and "unit_code" not in base and unit is not None:
        base["unit_code"] = unit
        extras.append((f"{place}/cac:Price/cbc:BaseQuantity/@unitCode", ""))
