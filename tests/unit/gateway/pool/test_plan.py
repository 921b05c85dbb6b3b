"""Plans are kept as they were made, and carriers see no firm in them."""

from sqlalchemy import Engine, inspect

from gateway.auctions.models import ShareRow
from gateway.plans import store
from gateway.plans.fleet import FleetBody, VehicleBody, fleet_of
from gateway.plans.models import PlanRow, Tender
from gateway.plans.specification import specification_of
from gateway.plans.stop import merged_stops
from ledger.database import reading, writing
from ledger.model.table import table_of
from pooling.demand import TemperatureClass
from pooling.routing import RoutingSettings
from tests.unit.gateway.pool.cases import (
    ANTWERP,
    GHENT,
    LYON,
    MONDAY_S,
    VILNIUS,
    WARSAW,
    demand_of,
    document,
    place,
    planned,
)

FIRM = "De Kat Brewery"


def test_plan_is_read_as_it_was_kept(engine: Engine) -> None:
    plan = planned(("A5-1-O1", 5, document()), ("A6-1-O1", 6, document(ANTWERP)))
    with writing(engine) as session:
        store.keep(session, 7, b"d" * 32, "EUR", plan)
    with reading(engine) as session:
        row = store.find_made(session, 7, b"d" * 32)
        assert row is not None
        assert store.plan_of(row) == plan
        assert store.find_made(session, 8, b"d" * 32) is None
        assert [each.id for each in store.plans(session, 7, None, 10)] == [row.id]
        assert store.plans(session, 7, row.id, 10) == []


def test_digest_tells_demands_fleets_and_seeds_apart_but_not_their_order() -> None:
    plan = planned(("A5-1-O1", 5, document()), ("A6-1-O1", 6, document(ANTWERP)))
    demands = [demand_of(plan, id) for id in ("A5-1-O1", "A6-1-O1")]
    fleet, settings = fleet_of(None, 0), RoutingSettings(seed=1)
    digest = store.digest_of(demands, fleet, settings)
    assert digest == store.digest_of(demands[::-1], fleet, settings)
    assert digest != store.digest_of(demands[:1], fleet, settings)
    assert digest != store.digest_of(demands, fleet_of(None, 60), settings)
    assert digest != store.digest_of(demands, fleet, RoutingSettings(seed=2))


def test_tables_have_the_columns_of_the_models(engine: Engine) -> None:
    for model in (PlanRow, Tender, ShareRow):
        table = table_of(model)
        found = {each["name"]: each["nullable"] for each in inspect(engine).get_columns(table.name)}
        assert found == {column.name: column.nullable for column in table.columns}


def test_named_fleet_replaces_the_common_one() -> None:
    van = VehicleBody(
        name="van",
        count=1,
        capacity_mass_g=1_000_000,
        capacity_volume_cm3=10_000_000,
        capacity_pallets=4,
        cost_per_km_minor=70,
        fixed_cost_minor=5_000,
        temperature_classes=["ambient", "chilled"],
    )
    fleet = fleet_of(FleetBody(vehicles=[van]), 900)
    (vehicle,) = fleet.vehicles
    assert fleet.handling_s == 900
    assert vehicle.temperature_classes == {TemperatureClass.AMBIENT, TemperatureClass.CHILLED}


def test_what_happens_at_one_place_in_a_row_is_one_stop() -> None:
    plan = planned(("A5-1-O1", 5, document()), ("A6-1-O1", 6, document(ANTWERP)))
    stops = merged_stops(plan.lots[0])
    assert [stop.pickups for stop in stops] == [("A6-1-O1",), ("A5-1-O1",), ()]
    assert set(stops[2].deliveries) == {"A5-1-O1", "A6-1-O1"}


def test_specification_names_no_firm_and_no_demand() -> None:
    telling = document(
        origin=place(
            GHENT,
            6,
            14,
            name=f"{FIRM}, gate 2",
            address={"street_name": "Kat 1", "city_name": "Ghent", "country": "BE"},
            contact={"name": "Anna Kat"},
        ),
        destination=place(LYON, 24, 60, name="de kat brewery depot"),
        load={"mass_g": 1000, "pallets": 2, "description": f"beer of {FIRM}"},
        note=["ask for Anna"],
    )
    other = document(WARSAW, VILNIUS)
    plan = planned(("A5-1-O1", 5, telling), ("A6-1-O1", 6, other))
    specification = specification_of(
        plan,
        number="P1",
        digest=b"d" * 32,
        currency="EUR",
        reserves_minor=[1, 2],
        documents={"A5-1-O1": telling, "A6-1-O1": other},
        firms=[FIRM],
        now_s=MONDAY_S,
    )
    said = specification.model_dump_json().casefold()
    for word in (FIRM, "anna", "kat 1", "beer", "A5-1", "A6-1"):
        assert word.casefold() not in said
    assert [stop.place.name for stop in specification.stop] == ["Ghent", None, None, None]
    assert [stop.lot_number for stop in specification.stop] == [0, 0, 1, 1]
