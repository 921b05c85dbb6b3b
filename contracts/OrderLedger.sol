// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IOrderLedger} from "./interfaces/IOrderLedger.sol";
import {IOrgRegistry} from "./interfaces/IOrgRegistry.sol";
import {Agreements} from "./lib/Agreements.sol";
import {Authority, Permission} from "./lib/Authority.sol";
import {Intents} from "./lib/Intents.sol";
import {Lifecycle} from "./lib/Lifecycle.sol";
import {PackedStates} from "./lib/PackedStates.sol";

/// @title The shared record of agreements, orders and deliveries.
/// @notice See IOrderLedger, which says everything that a caller has to know.
contract OrderLedger is IOrderLedger, EIP712 {
    using Agreements for Agreements.Stored;
    using Authority for Authority.Nonces;
    using Intents for *;
    using Lifecycle for uint256;
    using PackedStates for PackedStates.States;

    /// @notice Who the members are and which keys speak for them.
    IOrgRegistry public immutable registry;

    /// @dev Where the core stands while it works through one organisation's actions. The two words are the slots
    /// touched last; they go back to storage when another slot is needed and at the end.
    struct Cursor {
        uint32 organisation;
        uint64 agreement;
        uint256 seats;
        bool isOpen;
        uint256 orderSlot;
        uint256 orderWord;
        bool orderIsDirty;
        uint256 deliverySlot;
        uint256 deliveryWord;
        bool deliveryIsDirty;
    }

    /// @dev No agreement has this slot: its number would need more than 64 bits.
    uint256 private constant NO_SLOT = type(uint256).max;

    Authority.Nonces private _nonces;
    PackedStates.States private _orders;
    PackedStates.States private _deliveries;
    mapping(uint64 agreement => Agreements.Stored) private _agreements;
    /// @dev The order of each delivery, 32 bits each, eight to a slot (agreement, number >> 3).
    mapping(uint256 slot => uint256 orders) private _ordersOfDeliveries;
    /// @inheritdoc IOrderLedger
    mapping(bytes32 batch => bytes32 documentsRoot) public documentsRootOf;

    constructor(IOrgRegistry registry_) EIP712("Consign OrderLedger", "1") {
        registry = registry_;
    }

    /// @inheritdoc IOrderLedger
    function submit(Batch[] calldata batches, bytes[] calldata signatures) external {
        if (batches.length != signatures.length) {
            revert LedgerBatchSizesDiffer(batches.length, signatures.length);
        }
        for (uint256 i = 0; i < batches.length; i++) {
            _recordBatch(batches[i], signatures[i]);
        }
    }

    /// @inheritdoc IOrderLedger
    function submitIntents(Intent[] calldata intents, bytes[] calldata signatures) external {
        if (intents.length != signatures.length) {
            revert LedgerBatchSizesDiffer(intents.length, signatures.length);
        }
        for (uint256 i = 0; i < intents.length; i++) {
            _recordIntent(intents[i], signatures[i]);
        }
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
        if (problem.length == 0) problem = _agreements[step.agreement].take(registry, step);
        if (problem.length != 0) Authority.revertWith(problem);
        Agreements.Stored storage agreement = _agreements[step.agreement];
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
        return _agreements[agreement].toView();
    }

    /// @inheritdoc IOrderLedger
    function orderState(uint64 agreement, uint32 number) external view returns (uint8) {
        return _orders.stateOf(agreement, number);
    }

    /// @inheritdoc IOrderLedger
    function deliveryState(uint64 agreement, uint32 number) external view returns (uint8 state, uint32 order) {
        return (_deliveries.stateOf(agreement, number), _orderOf(agreement, number));
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

    function _recordBatch(Batch calldata batch, bytes calldata signature) private {
        bytes32 digest = digestOf(batch);
        bytes memory problem = _nonces.admit(
            registry,
            digest,
            batch.organisation,
            Permission.RECORD,
            batch.nonce,
            batch.deadline,
            signature
        );
        if (problem.length != 0) {
            emit IntentRefused(batch.organisation, digest, problem);
            return;
        }
        _apply(batch.organisation, digest, batch.actions);
        if (batch.documentsRoot != 0) documentsRootOf[digest] = batch.documentsRoot;
        emit BatchRecorded(batch.organisation, digest, batch.documentsRoot, batch.manifest, batch.actions);
    }

    function _recordIntent(Intent calldata intent, bytes calldata signature) private {
        bytes32 digest = digestOf(intent);
        bytes memory problem = _nonces.admit(
            registry,
            digest,
            intent.organisation,
            Permission.RECORD,
            intent.nonce,
            intent.deadline,
            signature
        );
        if (problem.length == 0) {
            Cursor memory cursor = _cursorOf(intent.organisation);
            _select(cursor, intent.agreement);
            problem = _step(cursor, Lifecycle.rowOf(intent.action), intent.action, intent.number, intent.order);
            _flush(cursor);
        }
        if (problem.length != 0) {
            emit IntentRefused(intent.organisation, digest, problem);
            return;
        }
        emit IntentRecorded(
            intent.organisation,
            digest,
            intent.agreement,
            intent.action,
            intent.number,
            intent.order,
            intent.document,
            intent.manifest
        );
    }

    /// @dev Works through a stream of actions. What cannot be read ends it, named by its offset; all before stands.
    function _apply(uint32 organisation, bytes32 batch, bytes calldata actions) private {
        Cursor memory cursor = _cursorOf(organisation);
        uint256 offset = 0;
        uint256 position = 0;
        while (offset < actions.length) {
            uint256 head = _word(actions, offset);
            uint8 action = uint8(head >> 248);
            if (action == 0) {
                if (offset + 9 > actions.length) break;
                _select(cursor, uint64(head >> 184));
                offset += 9;
                continue;
            }
            uint256 row = Lifecycle.rowOf(action & 0x7f);
            (uint256 length, uint32 number, uint32 count, uint32 order) = _record(head, row);
            // A run may not pass the last number, so that `number + i` and `order + i` below cannot overflow.
            uint256 last = uint256(number > order ? number : order) + count;
            if (offset + length > actions.length || count == 0 || last > 1 << 32) break;
            unchecked {
                for (uint32 i = 0; i < count; i++) {
                    bytes memory problem = _step(cursor, row, action & 0x7f, number + i, order + i);
                    if (problem.length != 0) emit ActionRefused(batch, position + i, problem);
                }
            }
            position += count;
            offset += length;
        }
        if (offset < actions.length) {
            emit ActionRefused(batch, position, abi.encodeWithSelector(LedgerActionsMalformed.selector, offset));
        }
        _flush(cursor);
    }

    /// @dev Reads one record; see the drawing in IOrderLedger. `head` is the record and what follows it.
    function _record(
        uint256 head,
        uint256 row
    ) private pure returns (uint256 length, uint32 number, uint32 count, uint32 order) {
        number = uint32(head >> 216);
        count = 1;
        length = 5;
        if (head >> 255 == 1) {
            count = uint16(head >> 200);
            length = 7;
        }
        if (row.opens()) {
            order = uint32(head >> (224 - length * 8));
            length += 4;
        }
    }

    /// @dev Takes one order or delivery one step on, if seat and lifecycle allow it.
    /// @return problem The encoded error, or nothing.
    function _step(
        Cursor memory cursor,
        uint256 row,
        uint8 action,
        uint32 number,
        uint32 order
    ) private returns (bytes memory problem) {
        if (row.by() & cursor.seats == 0) return _seatProblem(cursor, row, action);
        if (action >= Lifecycle.FIRST_DELIVERY_ACTION) return _stepDelivery(cursor, row, number, order);
        _loadOrder(cursor, number);
        uint8 state = PackedStates.read(cursor.orderWord, number);
        if ((row.allowedFrom() >> state) & 1 == 0) {
            return
                abi.encodeWithSelector(
                    OrderUnexpectedState.selector,
                    cursor.agreement,
                    number,
                    state,
                    row.allowedFrom()
                );
        }
        if (action == Lifecycle.ISSUE && !cursor.isOpen) return _agreements[cursor.agreement].issueProblem(cursor.agreement);
        cursor.orderWord = PackedStates.write(cursor.orderWord, number, row.target());
        cursor.orderIsDirty = true;
    }

    function _stepDelivery(
        Cursor memory cursor,
        uint256 row,
        uint32 number,
        uint32 named
    ) private returns (bytes memory problem) {
        uint64 agreement = cursor.agreement;
        _loadDelivery(cursor, number);
        uint8 state = PackedStates.read(cursor.deliveryWord, number);
        if ((row.allowedFrom() >> state) & 1 == 0) {
            return
                abi.encodeWithSelector(
                    DeliveryUnexpectedState.selector,
                    agreement,
                    number,
                    state,
                    row.allowedFrom()
                );
        }
        uint32 order = state == 0 ? named : _orderOf(agreement, number);
        if (row.opens() && order != named) {
            return abi.encodeWithSelector(DeliveryOrderDiffers.selector, agreement, number, order, named);
        }
        _loadOrder(cursor, order);
        uint8 stateOfOrder = PackedStates.read(cursor.orderWord, order);
        if ((row.orderStates() >> stateOfOrder) & 1 == 0) {
            return
                abi.encodeWithSelector(
                    DeliveryOrderUnexpectedState.selector,
                    agreement,
                    order,
                    stateOfOrder,
                    row.orderStates()
                );
        }
        if (state == 0) _ordersOfDeliveries[_linkSlot(agreement, number)] |= uint256(order) << ((number & 7) << 5);
        cursor.deliveryWord = PackedStates.write(cursor.deliveryWord, number, row.target());
        cursor.deliveryIsDirty = true;
    }

    function _seatProblem(Cursor memory cursor, uint256 row, uint8 action) private view returns (bytes memory) {
        if (row == 0) return abi.encodeWithSelector(LedgerActionUnknown.selector, action);
        if (_agreements[cursor.agreement].state == 0) {
            return abi.encodeWithSelector(AgreementUnknown.selector, cursor.agreement);
        }
        return abi.encodeWithSelector(LedgerSeatMissing.selector, cursor.agreement, cursor.organisation, action);
    }

    function _cursorOf(uint32 organisation) private pure returns (Cursor memory cursor) {
        cursor.organisation = organisation;
        cursor.orderSlot = NO_SLOT;
        cursor.deliverySlot = NO_SLOT;
    }

    function _select(Cursor memory cursor, uint64 agreement) private view {
        cursor.agreement = agreement;
        (cursor.seats, cursor.isOpen) = _agreements[agreement].seatsOf(cursor.organisation);
    }

    function _loadOrder(Cursor memory cursor, uint32 number) private {
        uint256 slot = PackedStates.slotOf(cursor.agreement, number);
        if (slot == cursor.orderSlot) return;
        if (cursor.orderIsDirty) _orders.words[cursor.orderSlot] = cursor.orderWord;
        cursor.orderSlot = slot;
        cursor.orderWord = _orders.words[slot];
        cursor.orderIsDirty = false;
    }

    function _loadDelivery(Cursor memory cursor, uint32 number) private {
        uint256 slot = PackedStates.slotOf(cursor.agreement, number);
        if (slot == cursor.deliverySlot) return;
        if (cursor.deliveryIsDirty) _deliveries.words[cursor.deliverySlot] = cursor.deliveryWord;
        cursor.deliverySlot = slot;
        cursor.deliveryWord = _deliveries.words[slot];
        cursor.deliveryIsDirty = false;
    }

    function _flush(Cursor memory cursor) private {
        if (cursor.orderIsDirty) _orders.words[cursor.orderSlot] = cursor.orderWord;
        if (cursor.deliveryIsDirty) _deliveries.words[cursor.deliverySlot] = cursor.deliveryWord;
    }

    function _orderOf(uint64 agreement, uint32 number) private view returns (uint32) {
        return uint32(_ordersOfDeliveries[_linkSlot(agreement, number)] >> ((number & 7) << 5));
    }

    function _linkSlot(uint64 agreement, uint32 number) private pure returns (uint256) {
        return (uint256(agreement) << 29) | (number >> 3);
    }

    /// @dev The 32 bytes at an offset; what lies behind the end reads as anything, so callers check lengths.
    function _word(bytes calldata data, uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(data.offset, offset))
        }
    }
}
