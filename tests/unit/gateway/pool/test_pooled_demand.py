"""Demands as they are posted become demands as planners take them, or say why not."""

from typing import Any

import pytest

from gateway.demands.money import amount_of, minor_digits, minor_of
from gateway.demands.pooled import DELIVERY_DAYS, PALLET_VOLUME_CM3, pooled_of
from gateway.errors import DocumentUnfit
from ledger.document.money import Amount
from pooling.demand import TemperatureClass
from tests.unit.gateway.pool.cases import GHENT, LYON, MONDAY_S, document, place, window

LOAD = {"mass_g": 1000, "pallets": 2}
EUR = {"currency_id": "EUR"}


def test_demand_keeps_its_measures_times_and_price() -> None:
    found = pooled_of(document(), "A5-1-O1", 5)
    demand = found.demand
    assert (demand.id, demand.organisation, found.currency) == ("A5-1-O1", "0000000005", "EUR")
    assert (demand.mass_g, demand.volume_cm3, demand.pallets) == (3_000_000, 12_000_000, 8)
    assert demand.pickup_window.start_s == MONDAY_S + 6 * 3600
    assert demand.alone_price_minor == 118_000
    assert demand.origin.name == "51.0543,3.7174"


def test_absent_measures_are_filled_and_the_earliest_window_is_kept() -> None:
    late_and_early = {
        "coordinate": {"latitude_deg": GHENT[0], "longitude_deg": GHENT[1]},
        "window": [window(30, 34), window(6, 14)],
    }
    always = {"coordinate": {"latitude_deg": LYON[0], "longitude_deg": LYON[1]}}
    demand = pooled_of(
        document(load=LOAD, origin=late_and_early, destination=always), "A5-1-O1", 5
    ).demand
    assert demand.volume_cm3 == 2 * PALLET_VOLUME_CM3
    assert demand.pickup_window.start_s == MONDAY_S + 6 * 3600
    assert demand.delivery_window.end_s == MONDAY_S + 6 * 3600 + DELIVERY_DAYS * 86_400


def test_goods_classes_choose_temperature_and_danger() -> None:
    load = LOAD | {
        "goods_class": ["food", "chilled", "adr"],
        "hazardous_item": [{"undg_code": "1993", "hazard_class_id": "3"}],
    }
    demand = pooled_of(document(load=load), "A5-1-O1", 5).demand
    assert (demand.temperature_class, demand.hazmat_class) == (TemperatureClass.CHILLED, "3")


def test_own_highest_price_caps_the_alone_price() -> None:
    capped = document(max_price={"value": "900.50"} | EUR)
    assert pooled_of(capped, "A5-1-O1", 5).demand.alone_price_minor == 90_050


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"alone_price": {"value": "0"} | EUR}, "/document/alone_price"),
        ({"alone_price": {"value": "1.005"} | EUR}, "/document/alone_price"),
        ({"max_price": {"value": "9", "currency_id": "USD"}}, "/document/max_price"),
        ({"load": {"mass_g": 1000}}, "/document/load/volume_cm3"),
        ({"load": LOAD | {"mass_g": 0}}, "/document/load/mass_g"),
        ({"load": LOAD | {"goods_class": ["frozen", "ambient"]}}, "/document/load/goods_class"),
        ({"load": LOAD | {"goods_class": ["adr"]}}, "/document/load/hazardous_item"),
        ({"load": LOAD | {"incompatible_class": ["x"]}}, "/document/load/incompatible_class"),
        (
            {"load": LOAD | {"hazardous_item": [{"hazard_class_id": "99"}]}},
            "/document/load/hazardous_item",
        ),
        ({"destination": place(GHENT, 24, 60)}, "/document/destination/coordinate"),
        ({"destination": place(LYON, 1, 2)}, "/document/destination/window"),
        ({"origin": place(("91", "3"), 6, 14)}, "/document/origin/coordinate/latitude_deg"),
        (
            {"origin": {"coordinate": {"latitude_deg": "51", "longitude_deg": "3"}}},
            "/document/origin/window",
        ),
    ],
)
def test_unplannable_demand_names_the_field(changes: dict[str, Any], path: str) -> None:
    with pytest.raises(DocumentUnfit) as caught:
        pooled_of(document(**changes), "A5-1-O1", 5)
    assert [finding.path for finding in caught.value.findings] == [path]


def test_everything_wrong_is_named_at_once() -> None:
    wrong = document(load={"mass_g": 1000}, alone_price={"value": "-1"} | EUR)
    with pytest.raises(DocumentUnfit) as caught:
        pooled_of(wrong, "A5-1-O1", 5)
    assert len(caught.value.findings) == 2


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [("11.8", "EUR", 1180), ("1180", "JPY", 1180), ("1.5", "KWD", 1500)],
)
def test_money_is_counted_in_the_minor_unit_of_its_currency(
    value: str, currency: str, minor: int
) -> None:
    amount = Amount(value=value, currency_id=currency)
    assert minor_of(amount) == minor
    assert amount_of(minor, currency) == amount
    assert minor_digits("XXX") == 2


def test_part_of_a_minor_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 0 decimals"):
        minor_of(Amount(value="0.5", currency_id="JPY"))
