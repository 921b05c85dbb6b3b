"""Every version of every document type is published as JSON Schema."""

from __future__ import annotations

import json
import re
from hashlib import sha256

import pytest

from ledger.document.json_schema import (
    VERSIONS,
    published_bundle,
    published_schema,
    schema_bundle,
    types_of,
)
from ledger.document.part import SCHEMA_VERSION
from ledger.document.schema import DOCUMENT_MODELS
from ledger.spec import SPEC, read_json

FIRST = "36e2660cca798b89107da7ca46f2541f18c04aae34c912e2fe071cd496072326"
BUNDLES = {version: read_json(f"documents/{version}.json") for version in VERSIONS}


def test_schemas_of_earlier_versions_stay_as_they_were_published() -> None:
    content = (SPEC / "documents/1.json").read_bytes()
    assert sha256(content).hexdigest() == FIRST


def test_published_schema_of_the_present_version_is_that_of_the_models() -> None:
    assert BUNDLES[SCHEMA_VERSION] == schema_bundle()
    assert set(types_of(BUNDLES[SCHEMA_VERSION])) == set(DOCUMENT_MODELS)


@pytest.mark.parametrize("version", BUNDLES)
def test_no_field_of_a_schema_is_a_float(version: int) -> None:
    assert '"number"' not in json.dumps(BUNDLES[version])


@pytest.mark.parametrize("version", BUNDLES)
def test_schema_of_every_type_names_type_and_version(version: int) -> None:
    for name in types_of(BUNDLES[version]):
        schema = BUNDLES[version]["$defs"][name]
        assert schema["properties"]["document_type"]["const"] == name
        assert schema["properties"]["schema_version"]["const"] == version
        assert {"document_type", "schema_version", "id"} <= set(schema["required"])
        assert schema["additionalProperties"] is False


@pytest.mark.parametrize("version", BUNDLES)
def test_schema_of_one_type_stands_alone(version: int) -> None:
    for name in types_of(BUNDLES[version]):
        schema = published_schema(version, name)
        assert schema is not None
        assert schema["title"] == name
        named = re.findall(r"#/\$defs/(\w+)", json.dumps(schema))
        assert set(named) == set(schema["$defs"])


def test_schema_of_another_version_or_type_is_none() -> None:
    assert published_bundle(0) is None
    assert published_bundle(SCHEMA_VERSION + 1) is None
    assert published_schema(9, "Order") is None
    assert published_schema(1, "Invoice") is None
    assert published_schema(SCHEMA_VERSION, "Price") is None


def test_every_type_is_explained() -> None:
    page = (SPEC.parents[1] / "docs" / "documents.md").read_text(encoding="utf-8")
    assert [name for name in DOCUMENT_MODELS if f"`{name}`" not in page] == []
