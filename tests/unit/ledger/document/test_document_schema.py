"""Documents are read strictly, and everything wrong with one is named at once."""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from ledger.document.canonical import canonical_form
from ledger.document.errors import DocumentInvalid, DocumentTypeUnknown
from ledger.document.money import Quantity
from ledger.document.party import Party
from ledger.document.scalar import exact
from ledger.document.schema import DOCUMENT_MODELS, parse_document

Samples = dict[str, dict[str, Any]]


def changed(sample: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return dict(json.loads(json.dumps(sample))) | fields


def messages_of(fields: dict[str, Any]) -> list[str]:
    with pytest.raises(DocumentInvalid) as caught:
        parse_document(fields)
    return [str(problem) for problem in caught.value.problems]


def test_every_document_type_has_a_sample_that_parses(samples: Samples) -> None:
    assert set(samples) == set(DOCUMENT_MODELS)
    for sample in samples.values():
        assert canonical_form(parse_document(json.dumps(sample).encode())) == as_tuples(sample)


def as_tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: as_tuples(each) for name, each in value.items()}
    return tuple(map(as_tuples, value)) if isinstance(value, list) else value


def test_invalid_documents_are_refused_with_all_their_paths(
    vectors: Callable[[str], Any],
) -> None:
    for case in vectors("invalid"):
        with pytest.raises(DocumentInvalid) as caught:
            parse_document(case["text"])
        assert caught.value.name == case["error"], case["name"]
        assert sorted(p.path for p in caught.value.problems) == case["paths"], case["name"]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 100_000, b"1" * 5_000, b"{'a': 1}"])
def test_bytes_that_are_not_json_are_refused(content: bytes) -> None:
    with pytest.raises(DocumentInvalid):
        parse_document(content)


def test_document_above_the_size_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.document.schema.DOCUMENT_BYTES_MAX", 10)
    with pytest.raises(DocumentInvalid, match="at most 10 bytes"):
        parse_document(b"{" + b" " * 20 + b"}")


def test_deeply_nested_values_are_refused(samples: Samples) -> None:
    deep: Any = "x"
    for _ in range(2_000):
        deep = [deep]
    with pytest.raises(DocumentInvalid):
        parse_document(samples["Notice"] | {"note": deep})


def test_problems_never_show_values(samples: Samples) -> None:
    secret = "x" * 20_000 + "CANARY"
    with pytest.raises(DocumentInvalid) as caught:
        parse_document(changed(samples["Notice"], reason=secret, reason_code="CANARY CANARY"))
    assert "CANARY" not in f"{caught.value} {caught.value.context}"


def test_documents_cannot_be_changed(samples: Samples) -> None:
    document = parse_document(samples["Notice"])
    with pytest.raises(ValidationError):
        document.id = "2"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"name": "Medical", "endpoint_id": "1"}, "Medical"),
        ({"party_legal_entity": {"registration_name": "Medical AS"}}, "Medical AS"),
        ({"party_legal_entity": {}, "identifications": [{"id": "7300"}]}, "7300"),
        ({"endpoint_id": "987654325"}, "987654325"),
        ({}, "unnamed party"),
    ],
)
def test_party_is_called_by_the_best_name_it_gives(fields: dict[str, Any], name: str) -> None:
    assert Party.model_validate(fields).display_name == name


def test_unknown_type_is_told_from_invalid_content() -> None:
    with pytest.raises(DocumentTypeUnknown):
        parse_document({"document_type": ["Order"], "schema_version": 2})


@pytest.mark.parametrize(
    ("value", "spelling"),
    [
        ("12.50", "12.5"),
        ("0012", "12"),
        ("-0.00", "0"),
        ("+1", "1"),
        (".5", "0.5"),
        ("5.", "5"),
        (Decimal("1E3"), "1000"),
        (Decimal("-0.010"), "-0.01"),
        (7, "7"),
        ("9" * 40, "9" * 40),
    ],
)
def test_decimals_have_one_spelling(value: Any, spelling: str) -> None:
    assert exact(value) == spelling


@pytest.mark.parametrize(
    "value",
    [
        *("", ".", "-", "1e3", "1,5", " 1", "1\n", "١", "9" * 41, "NaN", "0" * 600),
        *(1.5, True, None, 10**100, Decimal("NaN"), Decimal("Infinity"), Decimal("1E200")),
    ],
)
def test_inexact_or_odd_decimals_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="must"):
        exact(value)
    with pytest.raises(ValidationError):
        Quantity(value=value, unit_code="C62")


def test_quantity_cannot_be_negative() -> None:
    assert Quantity(value="-0", unit_code="C62").number == 0
    with pytest.raises(ValidationError):
        Quantity(value="-1", unit_code="C62")


@pytest.mark.parametrize("day", ["2024-02-29", "2000-02-29", "2026-12-31"])
def test_days_of_the_calendar_are_dates(samples: Samples, day: str) -> None:
    assert parse_document(changed(samples["Notice"], issue_date=day)).issue_date == day


@pytest.mark.parametrize(
    "day", ["2023-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "0000-01-01", "26-01-01"]
)
def test_other_days_are_refused(samples: Samples, day: str) -> None:
    found = messages_of(changed(samples["Notice"], issue_date=day))
    assert found == ["/issue_date: must be a day of the calendar, written YYYY-MM-DD"]


def test_two_lines_with_one_number_are_refused(samples: Samples) -> None:
    line = samples["Order"]["order_line"][0]
    assert messages_of(changed(samples["Order"], order_line=[line, line])) == [
        "/: order line '1' stands twice"
    ]


def test_order_without_lines_is_refused(samples: Samples) -> None:
    assert "/order_line" in messages_of(changed(samples["Order"], order_line=[]))[0]


def test_split_dates_must_add_up_to_the_line(samples: Samples) -> None:
    response = json.loads(json.dumps(samples["OrderResponse"]))
    response["order_line"][0]["delivery"][0]["quantity"]["value"] = "61"
    assert messages_of(response) == [
        "/order_line/0: the parts of a line must add up to its quantity"
    ]
    response["order_line"][0]["delivery"][0]["quantity"] = {"value": "60", "unit_code": "KGM"}
    assert messages_of(response) == [
        "/order_line/0: the parts of a line must have the unit of the line"
    ]


def test_period_cannot_end_before_it_starts(samples: Samples) -> None:
    change = json.loads(json.dumps(samples["OrderChange"]))
    change["order_line"][0]["requested_delivery_period"]["end_date"] = "2026-04-11"
    assert "ends before it starts" in messages_of(change)[0]


def test_window_cannot_end_before_it_starts(samples: Samples) -> None:
    demand = json.loads(json.dumps(samples["Demand"]))
    demand["origin"]["window"][0]["end"] = "2026-05-04T07:00:00+01:00"
    assert messages_of(demand) == ["/origin/window/0: the window ends before it starts"]


def test_despatch_line_cannot_name_an_unknown_package(samples: Samples) -> None:
    advice = json.loads(json.dumps(samples["DespatchAdvice"]))
    advice["despatch_line"][0]["package_reference"] = ["crate"]
    assert messages_of(advice) == ["/: 1 package references name no package"]


@pytest.mark.parametrize(
    ("sscc", "problem"),
    [
        ("106141412345678907", "check digit"),
        ("123", "18 digits"),
        ("10614141234567890x", "18 digits"),
        ("", "18 digits"),
    ],
)
def test_sscc_needs_its_check_digit(samples: Samples, sscc: str, problem: str) -> None:
    advice = json.loads(json.dumps(samples["DespatchAdvice"]))
    advice["shipment"]["package"][0]["sscc"] = sscc
    assert problem in messages_of(advice)[0]


def test_receipt_line_needs_a_reference_and_a_reason(samples: Samples) -> None:
    receipt = json.loads(json.dumps(samples["ReceiptAdvice"]))
    del receipt["receipt_line"][0]["reject_reason_code"]
    assert messages_of(receipt) == ["/receipt_line/0: a rejected quantity needs a reason"]
    del receipt["receipt_line"][0]["despatch_line_reference"]
    assert "must refer to" in messages_of(receipt)[0]


def test_inspection_cannot_decide_on_more_than_the_lot(samples: Samples) -> None:
    report = json.loads(json.dumps(samples["QualityReport"]))
    line = report["inspection_line"][0]
    line["accepted_quantity"]["value"] = "55.01"
    assert "exceed the quantity inspected" in messages_of(report)[0]
    line["accepted_quantity"] = {"value": "1", "unit_code": "KGM"}
    assert "must have the unit inspected" in messages_of(report)[0]


def test_conditional_decision_must_name_its_condition(samples: Samples) -> None:
    report = json.loads(json.dumps(samples["QualityReport"]))
    report["inspection_line"][0]["usage_decision"] = "conditional"
    assert "must name its condition" in messages_of(report)[0]
    report["inspection_line"][0]["condition"] = ["Rework the seal"]
    assert parse_document(report)


def test_certificate_of_analysis_names_lots_and_results(samples: Samples) -> None:
    report = json.loads(json.dumps(samples["QualityReport"]))
    del report["inspection_line"][1]["item"]
    assert messages_of(report) == ["/: inspection_line/1 of a certificate must name its lot"]
    report["inspection_line"][1]["inspection_lot_id"] = "IL-8"
    del report["inspection_line"][1]["characteristic"][0]["observed"]
    assert messages_of(report) == ["/: inspection_line/1 of a certificate must say what it found"]
    del report["quality_report_type_code"]
    assert parse_document(report)


def test_lot_cannot_deliver_before_it_picks_up(samples: Samples) -> None:
    lot = json.loads(json.dumps(samples["LotSpecification"]))
    lot["stop"].reverse()
    assert messages_of(lot) == ["/: load '1' is delivered before it is picked up"]
    lot["lot_load"][0]["pickup_stop"] = "z"
    assert messages_of(lot) == ["/: load '1' names a stop that is not on the route"]


def test_shares_must_add_up_to_the_price_in_one_currency(samples: Samples) -> None:
    statement = json.loads(json.dumps(samples["ShareStatement"]))
    share = statement["share"][0]["share_amount"]
    share["value"] = "325"
    assert messages_of(statement) == ["/: the shares must add up to the price"]
    assert parse_document(statement | {"is_complete": False})
    share["value"] = "999"
    assert messages_of(statement | {"is_complete": False}) == ["/: the shares exceed the price"]
    share["currency_id"] = "NOK"
    assert "one currency" in messages_of(statement)[0]


def test_defaults_are_absent_or_empty_so_that_canonical_form_can_leave_them_out() -> None:
    for model in all_models():
        for name, field in model.model_fields.items():
            if name in ("document_type", "schema_version") or field.is_required():
                continue
            assert field.default is None or field.default == (), f"{model.__name__}.{name}"


def all_models() -> list[type[BaseModel]]:
    found: dict[str, type[BaseModel]] = {}

    def visit(kind: Any) -> None:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind.__name__ not in found:
                found[kind.__name__] = kind
                for field in kind.model_fields.values():
                    visit(field.annotation)
        elif isinstance(kind, types.UnionType | types.GenericAlias) or typing.get_origin(kind):
            for each in typing.get_args(kind):
                visit(each)

    for model in DOCUMENT_MODELS.values():
        visit(model)
    assert len(found) > 40
    return list(found.values())
