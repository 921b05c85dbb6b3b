"""Every version of every document type is published as JSON Schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.document.json_schema import schema_bundle
from ledger.document.part import SCHEMA_VERSION
from ledger.document.schema import DOCUMENT_MODELS
from ledger.spec import read_json

BUNDLES = {version: read_json(f"documents/{version}.json") for version in (1, SCHEMA_VERSION)}


def test_published_schema_of_the_present_version_is_that_of_the_models() -> None:
    assert BUNDLES[SCHEMA_VERSION] == schema_bundle()
    assert set(names_in(BUNDLES[SCHEMA_VERSION])) == set(DOCUMENT_MODELS)


@pytest.mark.parametrize("version", BUNDLES)
def test_no_field_of_a_schema_is_a_float(version: int) -> None:
    assert '"number"' not in json.dumps(BUNDLES[version])


@pytest.mark.parametrize("version", BUNDLES)
def test_schema_of_every_type_names_type_and_version(version: int) -> None:
    for name in names_in(BUNDLES[version]):
        schema = BUNDLES[version]["$defs"][name]
        assert schema["properties"]["document_type"]["const"] == name
        assert schema["properties"]["schema_version"]["const"] == version
        assert {"document_type", "schema_version", "id"} <= set(schema["required"])
        assert schema["additionalProperties"] is False


def names_in(bundle: dict[str, Any]) -> list[str]:
    return [each["$ref"].removeprefix("#/$defs/") for each in bundle["oneOf"]]
