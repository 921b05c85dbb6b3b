"""Digests and signatures agree between the vectors, eth-account, the contracts and Python."""

import json
from dataclasses import fields
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak

from ledger import intent
from ledger.catalogue import snake_case
from ledger.client import Client
from ledger.contracts import selector, struct, tuple_type
from ledger.embedded import EmbeddedChain
from ledger.errors import IntentMalformed, SignatureMalformed
from ledger.intent import Domain, Signable, bid_commitment, digest, type_string
from ledger.key import recover
from ledger.spec import SPEC, read_json
from ledger.view import read_view
from tests.chain import found, with_client

FILES = sorted((SPEC / "vectors").glob("intent_*.json"))
VECTORS: list[dict[str, Any]] = [json.loads(path.read_text()) for path in FILES]
TABLE = read_json("intents.json")
KINDS: dict[str, type[Signable]] = {
    vectors["type"]: getattr(intent, vectors["type"]) for vectors in VECTORS
}
VALID = [(vectors, case) for vectors in VECTORS for case in vectors["valid"]]
BAD_MESSAGES = [(vectors, case) for vectors in VECTORS for case in vectors["invalidMessages"]]
BAD_SIGNATURES = [(vectors, case) for vectors in VECTORS for case in vectors["invalidSignatures"]]


def name_of(argument: Any) -> str:
    return str(argument.get("type") or argument.get("name"))


def value_of(kind: str, message: dict[str, Any]) -> Signable:
    """Build an intent from a vector, whose numbers are decimal text."""
    read = {field["name"]: _read(field["type"], message[field["name"]]) for field in _types(kind)}
    return KINDS[kind](**{snake_case(name): value for name, value in read.items()})


def _types(kind: str) -> list[dict[str, str]]:
    types: list[dict[str, str]] = TABLE["types"][kind]
    return types


def _read(solidity_type: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(int(item) for item in value)
    if solidity_type.startswith("uint"):
        return int(value)
    return bytes.fromhex(value[2:]) if solidity_type.startswith("bytes") else value


def domain_of(vectors: dict[str, Any], case: dict[str, Any]) -> Domain:
    return Domain(vectors["contract"], case["chainId"], case["contract"])


def test_every_type_has_vectors_and_a_class_with_its_fields() -> None:
    assert {*KINDS, "EIP712Domain"} == set(TABLE["types"])
    for kind, cls in KINDS.items():
        assert [field.name for field in fields(cls)] == [
            snake_case(field["name"]) for field in _types(kind)
        ]


@pytest.mark.parametrize(("vectors", "case"), VALID, ids=name_of)
def test_digest_is_that_of_the_vector(vectors: dict[str, Any], case: dict[str, Any]) -> None:
    value = value_of(vectors["type"], case["message"])
    assert "0x" + digest(domain_of(vectors, case), value).hex() == case["digest"]


@pytest.mark.parametrize(("vectors", "case"), VALID, ids=name_of)
def test_digest_is_that_of_eth_account(vectors: dict[str, Any], case: dict[str, Any]) -> None:
    kind = vectors["type"]
    value = value_of(kind, case["message"])
    names = [field["name"] for field in _types(kind)]
    domain = TABLE["domains"][vectors["contract"]]
    encoded = encode_typed_data(
        full_message={
            "types": {name: TABLE["types"][name] for name in ("EIP712Domain", kind)},
            "primaryType": kind,
            "domain": domain | {"chainId": case["chainId"], "verifyingContract": case["contract"]},
            "message": dict(zip(names, map(_listed, struct(value)), strict=True)),
        }
    )
    witness = keccak(b"\x19" + encoded.version + encoded.header + encoded.body)
    assert digest(domain_of(vectors, case), value) == witness


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize(("vectors", "case"), VALID, ids=name_of)
def test_signature_is_recovered_to_its_signer(
    vectors: dict[str, Any], case: dict[str, Any]
) -> None:
    signature = bytes.fromhex(case["signature"][2:])
    assert recover(bytes.fromhex(case["digest"][2:]), signature) == vectors["signer"]


@pytest.mark.parametrize(("vectors", "case"), BAD_MESSAGES, ids=name_of)
def test_value_that_does_not_fit_its_type_is_refused(
    vectors: dict[str, Any], case: dict[str, Any]
) -> None:
    value = value_of(vectors["type"], case["message"])
    with pytest.raises(IntentMalformed) as caught:
        digest(domain_of(vectors, case), value)
    assert caught.value.context["field"] == snake_case(case["field"])


@pytest.mark.parametrize(("vectors", "case"), BAD_SIGNATURES, ids=name_of)
def test_signature_that_contracts_refuse_is_refused(
    vectors: dict[str, Any], case: dict[str, Any]
) -> None:
    with pytest.raises(SignatureMalformed):
        recover(bytes.fromhex(case["digest"][2:]), bytes.fromhex(case["signature"][2:]))


def test_digests_are_those_of_the_contracts(bent_chain: EmbeddedChain) -> None:
    async def trial(client: Client) -> None:
        deployment = (await found(client)).deployment
        domains = {
            "OrderLedger": deployment.order_domain,
            "PoolAuction": deployment.auction_domain,
        }
        for vectors, case in VALID:
            value = value_of(vectors["type"], case["message"])
            domain = domains[vectors["contract"]]
            answer = await client.eth_call(domain.contract, encode_digest_of(value))
            assert digest(domain, value) == answer, (vectors["type"], case["name"])

    with_client(bent_chain, trial)


def test_bid_commitment_is_that_of_the_contract(bent_chain: EmbeddedChain) -> None:
    async def trial(client: Client) -> None:
        domain = (await found(client)).deployment.auction_domain
        for values in [(0, 0, 0, 0), (2**64 - 1, 2**32 - 1, 2**64 - 1, 2**96 - 1), (9, 8, 7, 6)]:
            view = "PoolAuction.commitmentOf"
            answer = await read_view(client, domain.contract, view, *values, b"\5" * 32)
            assert answer == (bid_commitment(domain, *values, b"\5" * 32),)

    with_client(bent_chain, trial)


def encode_digest_of(value: Signable) -> bytes:
    types = tuple_type(type(value))
    return selector(f"digestOf({types})") + encode([types], [struct(value)])


@pytest.mark.parametrize("kind", KINDS)
def test_type_string_stands_in_the_solidity_source(kind: str) -> None:
    sources = "".join(path.read_text() for path in (SPEC.parent / "lib").glob("*Intents.sol"))
    assert f'"{type_string(kind)}"' in sources
