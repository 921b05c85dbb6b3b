// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Memory} from "@openzeppelin/contracts/utils/Memory.sol";

import {IOrderLedger} from "./interfaces/IOrderLedger.sol";
import {IOrgRegistry} from "./interfaces/IOrgRegistry.sol";
import {Agreements} from "./lib/Agreements.sol";
import {Authority, Permission} from "./lib/Authority.sol";
import {Book} from "./lib/Book.sol";
import {Intents} from "./lib/Intents.sol";

/// @title The shared record of agreements, orders and deliveries.
/// @notice See IOrderLedger, which says everything that a caller has to know.
contract OrderLedger is IOrderLedger, EIP712 {
    using Agreements for Agreements.Stored;
    using Authority for Authority.Nonces;
    using Book for Book.Stored;
    using Intents for IOrderLedger.Batch;
    using Intents for IOrderLedger.Intent;
    using Intents for IOrderLedger.AgreementStep;

    /// @notice Who the members are and which keys speak for them.
    IOrgRegistry public immutable registry;

    Authority.Nonces private _nonces;
    Book.Stored private _book;

    constructor(IOrgRegistry registry_) EIP712("Consign OrderLedger", "1") {
        registry = registry_;
    }

    /// @inheritdoc IOrderLedger
    function submit(Batch[] calldata batches, bytes[] calldata signatures) external {
        if (batches.length != signatures.length) {
            revert LedgerBatchSizesDiffer(batches.length, signatures.length);
        }
        Authority.Speaker memory speaker;
        Book.Cursor memory cursor = Book.begin();
        for (uint256 i = 0; i < batches.length; i++) {
            _recordBatch(speaker, cursor, batches[i], signatures[i]);
        }
        _book.end(cursor);
    }

    /// @inheritdoc IOrderLedger
    function submitIntents(Intent[] calldata intents, bytes[] calldata signatures) external {
        if (intents.length != signatures.length) {
            revert LedgerBatchSizesDiffer(intents.length, signatures.length);
        }
        Authority.Speaker memory speaker;
        Book.Cursor memory cursor = Book.begin();
        // What one intent wrote into memory is of no use to the next; without this, memory would be the dearest part.
        Memory.Pointer start = Memory.getFreeMemoryPointer();
        bytes32 domain = _domainSeparatorV4();
        for (uint256 i = 0; i < intents.length; i++) {
            Intent calldata intent = intents[i];
            bytes32 digest = MessageHashUtils.toTypedDataHash(domain, intent.hash());
            _recordIntent(speaker, cursor, digest, intent, signatures[i]);
            Memory.unsafeSetFreeMemoryPointer(start);
        }
        _book.end(cursor);
    }

    /// @inheritdoc IOrderLedger
    function agree(AgreementStep calldata step, bytes calldata signature) external {
        bytes32 digest = digestOf(step);
        bytes memory problem = _nonces.admit(
            registry,
            digest,
            step.organisation,
            Permission.AGREE,
            step.nonce,
            step.deadline,
            signature
        );
        if (problem.length == 0) problem = _book.agreements[step.agreement].take(registry, step);
        if (problem.length != 0) Authority.revertWith(problem);
        Agreements.Stored storage agreement = _book.agreements[step.agreement];
        emit AgreementStepped(
            step.agreement,
            step.organisation,
            step.action,
            agreement.state,
            agreement.unsigned,
            agreement.endsAt,
            step.terms,
            step.manifest,
            digest
        );
    }

    /// @inheritdoc IOrderLedger
    function agreementOf(uint64 agreement) external view returns (Agreement memory) {
        return _book.agreements[agreement].toView();
    }

    /// @inheritdoc IOrderLedger
    function orderState(uint64 agreement, uint32 number) external view returns (uint8) {
        return _book.orderState(agreement, number);
    }

    /// @inheritdoc IOrderLedger
    function deliveryState(uint64 agreement, uint32 number) external view returns (uint8 state, uint32 order) {
        return _book.deliveryState(agreement, number);
    }

    /// @inheritdoc IOrderLedger
    function isNonceUsed(uint32 organisation, uint256 nonce) external view returns (bool) {
        return _nonces.isUsed(organisation, nonce);
    }

    /// @inheritdoc IOrderLedger
    function digestOf(Batch calldata batch) public view returns (bytes32) {
        return _hashTypedDataV4(batch.hash());
    }

    /// @inheritdoc IOrderLedger
    function digestOf(Intent calldata intent) public view returns (bytes32) {
        return _hashTypedDataV4(intent.hash());
    }

    /// @inheritdoc IOrderLedger
    function digestOf(AgreementStep calldata step) public view returns (bytes32) {
        return _hashTypedDataV4(step.hash());
    }

    function _recordBatch(
        Authority.Speaker memory speaker,
        Book.Cursor memory cursor,
        Batch calldata batch,
        bytes calldata signature
    ) private {
        bytes32 digest = digestOf(batch);
        uint32 organisation = batch.organisation;
        bytes memory problem = _nonces.admit(
            registry,
            speaker,
            digest,
            organisation,
            Permission.RECORD,
            batch.nonce,
            batch.deadline,
            signature
        );
        if (problem.length != 0) {
            emit IntentRefused(organisation, digest, problem);
            return;
        }
        bytes calldata actions = batch.actions;
        _book.take(cursor, organisation, digest, actions);
        emit BatchRecorded(organisation, digest, batch.documentsRoot, batch.manifest, actions);
    }

    function _recordIntent(
        Authority.Speaker memory speaker,
        Book.Cursor memory cursor,
        bytes32 digest,
        Intent memory intent,
        bytes calldata signature
    ) private {
        bytes memory problem = _nonces.admit(
            registry,
            speaker,
            digest,
            intent.organisation,
            Permission.RECORD,
            intent.nonce,
            intent.deadline,
            signature
        );
        if (problem.length == 0) problem = _book.act(cursor, intent);
        if (problem.length != 0) {
            emit IntentRefused(intent.organisation, digest, problem);
            return;
        }
        emit IntentRecorded(
            intent.organisation,
            digest,
            (uint256(intent.agreement) << 72) |
                (uint256(intent.action) << 64) |
                (uint256(intent.number) << 32) |
                intent.order,
            intent.document,
            intent.manifest
        );
    }
}
