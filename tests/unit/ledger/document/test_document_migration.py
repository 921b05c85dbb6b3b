"""What earlier versions committed to opens as it was committed, and is read as said today."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from ledger.document.canonical import canonical_bytes, canonical_form, read_canonical
from ledger.document.envelope import open_envelope
from ledger.document.errors import DocumentInvalid, DocumentTypeUnknown
from ledger.document.header import Binding
from ledger.document.json_schema import _reached, schema_bundle
from ledger.document.migration import _ADDED, _ADDED_TO_ALL, MIGRATIONS, migrated
from ledger.document.part import SCHEMA_VERSION
from ledger.document.proof import commit_fields
from ledger.document.schema import parse_document
from ledger.spec import read_json

Vectors = Callable[[str], Any]

FIRST = read_json("documents/1.json")["$defs"]
PRESENT = schema_bundle()["$defs"]


def test_frozen_documents_keep_their_commitment_and_are_read_as_the_present_version(
    vectors: Vectors,
) -> None:
    found = vectors("migration")
    for case in found["documents"]:
        document, fields = read_canonical(case["canonical"].encode())
        assert fields["schema_version"] == 1
        root = commit_fields(fields, bytes.fromhex(found["seed"])).root
        assert root.hex() == case["commitment"]
        assert document.schema_version == SCHEMA_VERSION
        assert canonical_bytes(document).decode() == case["migrated"]
        assert parse_document(case["canonical"]) == document


def test_every_step_of_the_table_has_a_frozen_document(vectors: Vectors) -> None:
    contents = [json.loads(case["canonical"]) for case in vectors("migration")["documents"]]
    assert {(each["document_type"], each["schema_version"]) for each in contents} == set(MIGRATIONS)


def test_frozen_block_still_opens_with_the_commitment_recorded_for_it(vectors: Vectors) -> None:
    opened = opened_block(vectors("migration")["envelope"])
    assert opened.fields["schema_version"] == 1
    assert opened.document.schema_version == SCHEMA_VERSION


def opened_block(found: dict[str, Any]) -> Any:
    binding = found["binding"]
    key = X25519PrivateKey.from_private_bytes(bytes.fromhex(found["private_key"]))
    return open_envelope(
        bytes.fromhex(found["block"]),
        organisation=found["organisation"],
        private_keys={found["epoch"]: key},
        expected_binding=Binding(
            bytes.fromhex(binding["network"]),
            int(binding["agreement"]),
            binding["subject"],
            binding["number"],
        ),
        expected_commitment=bytes.fromhex(found["commitment"]),
        expected_senders=[found["sender_address"]],
    )


def test_what_is_written_is_of_the_present_version(vectors: Vectors) -> None:
    for case in vectors("migration")["documents"]:
        assert canonical_form(parse_document(case["canonical"]))["schema_version"] == 2


def test_migration_leaves_its_source_as_it_was(vectors: Vectors) -> None:
    fields = json.loads(vectors("migration")["documents"][0]["canonical"])
    before = json.dumps(fields)
    assert migrated(fields)["schema_version"] == 2
    assert json.dumps(fields) == before


@pytest.mark.parametrize("version", [0, 3, -1, "1", "2", True, 1.0, 2.0, None, [1], 10**400])
def test_unknown_versions_are_refused(version: Any) -> None:
    notice = {"document_type": "Notice", "id": "1", "issue_date": "2026-01-01", "reason": "a"}
    with pytest.raises(DocumentTypeUnknown, match="must be 1 or 2"):
        parse_document(notice | {"schema_version": version})


def test_fields_added_later_are_refused_in_an_earlier_version(vectors: Vectors) -> None:
    for case in vectors("migration")["documents"]:
        fields = json.loads(case["canonical"])
        later = _ADDED_TO_ALL + _ADDED.get(fields["document_type"], ())
        with pytest.raises(DocumentInvalid) as caught:
            parse_document(fields | dict.fromkeys(later, "x"))
        assert [problem.path for problem in caught.value.problems] == [f"/{name}" for name in later]


@pytest.mark.parametrize("name", sorted({name for name, _ in MIGRATIONS}))
def test_models_differ_from_version_1_by_the_fields_that_were_added_alone(name: str) -> None:
    """Migrated values are judged by the present models, which must judge them as the old ones."""
    for definition in _reached(FIRST, name):
        then, today = FIRST[definition], PRESENT[definition]
        added = set(_ADDED_TO_ALL + _ADDED.get(name, ())) if definition == name else set()
        assert set(today["properties"]) - set(then["properties"]) == added
        assert set(then.get("required", ())) == set(today.get("required", ()))
        for field, schema in then["properties"].items():
            if field != "schema_version":
                assert today["properties"][field] == schema, f"{definition}.{field}"
