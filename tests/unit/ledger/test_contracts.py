from dataclasses import replace

import pytest

from ledger.block import Log
from ledger.client import Client
from ledger.contracts import (
    encode_admit,
    encode_set_encryption_key,
    encode_set_endpoint,
    encode_set_key,
    encode_set_roles,
    encode_set_suspended,
    encode_submit,
    encode_transfer,
    struct,
)
from ledger.embedded import EmbeddedChain
from ledger.errors import Corrupt, OwnableUnauthorizedAccount, RegistryKeyUnauthorised
from ledger.event import (
    BatchRecorded,
    EncryptionKeySet,
    EndpointSet,
    KeySet,
    OrganisationAdmitted,
    OrganisationRolesSet,
    OrganisationSuspensionSet,
)
from ledger.intent import ZERO, Batch, Intent
from ledger.key import SigningKey
from ledger.log import decode_log, decode_logs, shape_of
from ledger.role import Permission, Role, role_names, roles_of
from tests.chain import FAR_FUTURE_S, found

LOG = Log("0x" + "11" * 20, (), b"", 5, b"\1" * 32, b"\2" * 32, 7)


async def test_everything_that_the_registry_tells_is_read(shared_chain: EmbeddedChain) -> None:
    async with Client(shared_chain.url) as client:
        network = await found(client)
        member = await network.admit(Role.SUPPLIER | Role.SME)
        own, registry = network.keys[member], network.deployment.registry
        other = SigningKey.create().address
        for key, data in [
            (own, encode_set_key(member, other, Permission.RECORD, FAR_FUTURE_S)),
            (own, encode_set_encryption_key(member, b"\x09" * 32)),
            (own, encode_set_endpoint(member, "http://elsewhere")),
            (network.council, encode_set_roles(member, Role.CARRIER)),
            (network.council, encode_set_suspended(member, True)),
        ]:
            assert (await network.send(key, registry, data)).is_success
        logs = await client.logs([registry], network.deployment.block)

    events = decode_logs(logs)
    told = [event for event in events if getattr(event, "organisation", None) == member]
    assert [type(event) for event in told] == [
        OrganisationAdmitted,
        EncryptionKeySet,
        KeySet,
        KeySet,
        EncryptionKeySet,
        EndpointSet,
        OrganisationRolesSet,
        OrganisationSuspensionSet,
    ]
    admitted, _, first_key, second_key, encryption, endpoint, roles, suspension = told
    assert isinstance(admitted, OrganisationAdmitted)
    assert (admitted.roles, admitted.name) == (Role.SUPPLIER | Role.SME, "Test")
    assert isinstance(first_key, KeySet)
    assert (first_key.key, first_key.permissions) == (own.address, Permission.ALL)
    assert isinstance(second_key, KeySet)
    assert (second_key.key, second_key.expires_at) == (other, FAR_FUTURE_S)
    assert isinstance(encryption, EncryptionKeySet)
    assert (encryption.epoch, encryption.encryption_key) == (2, b"\x09" * 32)
    assert isinstance(endpoint, EndpointSet)
    assert endpoint.endpoint == "http://elsewhere"
    assert isinstance(roles, OrganisationRolesSet)
    assert roles.roles == Role.CARRIER
    assert isinstance(suspension, OrganisationSuspensionSet)
    assert suspension.suspended is True
    assert [(event.block_number, event.log_index) for event in events] == [
        (log.block_number, log.log_index) for log in logs
    ]


async def test_strangers_may_neither_admit_nor_rule(shared_chain: EmbeddedChain) -> None:
    async with Client(shared_chain.url) as client:
        network = await found(client)
        member = await network.admit()
        stranger, registry = SigningKey.create().address, network.deployment.registry
        admission = encode_admit(1, "Stranger", "", b"\1" * 32, stranger)
        with pytest.raises(OwnableUnauthorizedAccount):
            await client.eth_call(registry, admission, sender=stranger)
        with pytest.raises(RegistryKeyUnauthorised):
            await client.eth_call(registry, encode_set_endpoint(member, ""), sender=stranger)


async def test_batch_is_read_as_it_was_sent(shared_chain: EmbeddedChain) -> None:
    async with Client(shared_chain.url) as client:
        network = await found(client)
        batch = Batch(await network.admit(), FAR_FUTURE_S, 1, b"\3" * 32, b"\4" * 32, b"")
        data = encode_submit([batch], [network.sign(batch)])
        receipt = await network.send(network.council, network.deployment.order_ledger, data)

    (event,) = decode_logs(receipt.logs)
    assert isinstance(event, BatchRecorded)
    assert (event.documents_root, event.manifest) == (batch.documents_root, batch.manifest)
    assert (event.tx_hash, event.block_hash) == (receipt.tx_hash, receipt.block_hash)


def test_log_of_another_contract_is_left_out() -> None:
    assert decode_log(LOG) is None
    assert decode_log(replace(LOG, topics=(b"\1" * 32,))) is None


def test_log_with_the_name_but_not_the_shape_is_corrupt() -> None:
    shape = shape_of(BatchRecorded)
    with pytest.raises(Corrupt, match="too few topics"):
        decode_log(replace(LOG, topics=(shape.topic,)))
    with pytest.raises(Corrupt, match="BatchRecorded"):
        decode_log(replace(LOG, topics=(shape.topic, ZERO, ZERO), data=b"\1"))


def test_struct_has_the_fields_in_their_order() -> None:
    assert struct(Intent(1, 2, 3, 4, 5, 6, 7)) == (1, 2, 3, 4, 5, 6, 7, ZERO, ZERO)


def test_call_is_encoded_as_the_abi_says() -> None:
    receiver = "0x" + "11" * 20
    expected = "a9059cbb" + receiver[2:].rjust(64, "0") + (5).to_bytes(32).hex()
    assert encode_transfer(receiver, 5).hex() == expected


def test_roles_have_names() -> None:
    assert roles_of(["brand", "sme"]) == Role.BRAND | Role.SME
    assert role_names(Role.BRAND | Role.SME) == ["brand", "sme"]
    with pytest.raises(KeyError):
        roles_of(["king"])
