// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../interfaces/IOrderLedger.sol";
import {Agreements} from "./Agreements.sol";
import {Lifecycle} from "./Lifecycle.sol";
import {PackedStates} from "./PackedStates.sol";

/// @notice The states of orders and deliveries, and the one core that takes them on: whatever the way in, an action of an
/// organisation ends up here, and its authority has been checked.
/// @dev What cannot be done is told, by an encoded error or an event, and never reverts.
library Book {
    using Agreements for Agreements.Stored;
    using Lifecycle for uint256;
    using PackedStates for *;

    struct Stored {
        PackedStates.States orders;
        PackedStates.States deliveries;
        mapping(uint64 agreement => Agreements.Stored) agreements;
        /// @dev The order of each delivery, 32 bits each, eight to a slot (agreement, number >> 3).
        mapping(uint256 slot => uint256 orders) ordersOfDeliveries;
    }

    /// @notice Where the core stands while it works through a transaction: who acts in which agreement, the batch and the
    /// position in it, and the slots in hand, which go back to storage when others are needed and at the end.
    struct Cursor {
        uint32 organisation;
        uint64 agreement;
        uint256 seats;
        bool isOpen;
        bytes32 batch;
        uint256 position;
        PackedStates.Window orders;
        PackedStates.Window deliveries;
    }

    /// @dev The longest record; the dearest run of that length still fits into a transaction (EIP-7825).
    uint256 private constant MAX_COUNT = 2_048;

    /// @notice Begins a transaction.
    function begin() internal pure returns (Cursor memory cursor) {
        cursor.orders.slot = PackedStates.NO_SLOT;
        cursor.deliveries.slot = PackedStates.NO_SLOT;
    }

    /// @notice Ends a transaction: what is in hand goes back to storage.
    function end(Stored storage self, Cursor memory cursor) internal {
        self.orders.close(cursor.orders);
        self.deliveries.close(cursor.deliveries);
    }

    /// @notice Takes the action of an individually signed intent.
    /// @return problem The encoded error, or nothing.
    function act(
        Stored storage self,
        Cursor memory cursor,
        IOrderLedger.Intent memory intent
    ) internal returns (bytes memory problem) {
        uint64 agreement = intent.agreement;
        uint8 action = intent.action;
        if (cursor.agreement != agreement || cursor.organisation != intent.organisation) {
            cursor.organisation = intent.organisation;
            _select(self, cursor, agreement);
        }
        uint256 row = Lifecycle.rowOf(action);
        if (!_isSeated(cursor, row, action)) return _seatProblem(self, cursor, row, action);
        // Every field is on record as the signer's word, so none may say what is not so.
        if (intent.order != 0 && !row.opens()) {
            return
                abi.encodeWithSelector(
                    IOrderLedger.LedgerOrderUnexpected.selector,
                    agreement,
                    intent.number,
                    intent.order
                );
        }
        if (action >= Lifecycle.FIRST_DELIVERY_ACTION) {
            return _stepDelivery(self, cursor, row, intent.number, intent.order);
        }
        return _stepOrder(self, cursor, row, intent.number);
    }

    /// @notice Works through an organisation's batch of actions, as drawn in IOrderLedger. What cannot be read ends it,
    /// named by its offset; all before stands.
    function take(
        Stored storage self,
        Cursor memory cursor,
        uint32 organisation,
        bytes32 batch,
        bytes calldata actions
    ) internal {
        cursor.organisation = organisation;
        cursor.agreement = 0;
        cursor.seats = 0;
        cursor.batch = batch;
        cursor.position = 0;
        uint256 offset = 0;
        // An offset passes the end of calldata by less than 2^15, and a position stays below 2^11 times an offset.
        unchecked {
            while (offset < actions.length) {
                uint256 head = _word(actions, offset);
                if (head >> 248 == 0) {
                    if (offset + 9 > actions.length) break;
                    _select(self, cursor, uint64(head >> 184));
                    offset += 9;
                    continue;
                }
                uint256 row = Lifecycle.rowOf((head >> 248) & 0x7f);
                uint256 count = uint16(head >> 232);
                bool isRun = head >> 255 == 1;
                uint256 length = 3 + (isRun ? 1 : count) * (row.opens() ? 8 : 4);
                if (offset + length > actions.length || count == 0 || count > MAX_COUNT) break;
                if (isRun && !_isRunValid(head, row, count)) break;
                _takeRecord(self, cursor, row, actions[offset:offset + length], count);
                cursor.position += count;
                offset += length;
            }
        }
        if (offset < actions.length) {
            _refuse(cursor, 0, 1, abi.encodeWithSelector(IOrderLedger.LedgerActionsMalformed.selector, offset));
        }
    }

    /// @notice The state of an order.
    function orderState(Stored storage self, uint64 agreement, uint32 number) internal view returns (uint8) {
        return self.orders.stateOf(agreement, number);
    }

    /// @notice The state of a delivery and the order it belongs to.
    function deliveryState(
        Stored storage self,
        uint64 agreement,
        uint32 number
    ) internal view returns (uint8 state, uint32 order) {
        return (self.deliveries.stateOf(agreement, number), _orderOf(self, agreement, number));
    }

    /// @dev Whether a run passes the last number neither with its numbers nor with their orders.
    function _isRunValid(uint256 head, uint256 row, uint256 count) private pure returns (bool) {
        uint256 number = uint32(head >> 200);
        uint256 order = row.opens() ? uint32(head >> 168) : 0;
        return (number > order ? number : order) + count <= 1 << 32;
    }

    /// @dev Takes one record of a stream; its form is checked.
    function _takeRecord(
        Stored storage self,
        Cursor memory cursor,
        uint256 row,
        bytes calldata record,
        uint256 count
    ) private {
        uint8 code = uint8(record[0]);
        uint8 action = code & 0x7f;
        if (!_isSeated(cursor, row, action)) {
            _refuse(cursor, 0, count, _seatProblem(self, cursor, row, action));
        } else if (action >= Lifecycle.FIRST_DELIVERY_ACTION) {
            _takeDeliveries(self, cursor, row, record, count);
        } else if (code == action) {
            _takeOrders(self, cursor, row, record);
        } else {
            _takeRunOfOrders(self, cursor, row, uint32(_word(record, 0) >> 200), count);
        }
    }

    /// @dev As `_stepOrder` for each number of a list: the loop that most gas goes through, hence spelled out.
    function _takeOrders(Stored storage self, Cursor memory cursor, uint256 row, bytes calldata record) private {
        PackedStates.Window memory window = cursor.orders;
        uint256 base = PackedStates.slotOf(cursor.agreement, 0);
        uint256 target = row.target();
        unchecked {
            for (uint256 offset = 3; offset < record.length; offset += 4) {
                uint256 number = _word(record, offset) >> 224;
                uint256 slot = base | (number >> 6);
                if (slot != window.slot) self.orders.moveTo(window, slot);
                uint256 place = PackedStates.placeOf(number);
                uint256 state = (window.word >> place) & 0xf;
                if (row.allows(state)) {
                    window.word ^= (state ^ target) << place;
                } else {
                    _refuseOrders(cursor, row, number, (offset - 3) >> 2, 1);
                }
            }
        }
    }

    /// @dev As `_stepOrder` for consecutive numbers; those that share slot and state share their fate.
    function _takeRunOfOrders(
        Stored storage self,
        Cursor memory cursor,
        uint256 row,
        uint256 first,
        uint256 count
    ) private {
        PackedStates.Window memory window = cursor.orders;
        uint256 base = PackedStates.slotOf(cursor.agreement, 0);
        unchecked {
            // The form was checked: `first + count` is at most 2^32.
            for (uint256 i = 0; i < count; ) {
                uint256 number = first + i;
                self.orders.moveTo(window, base | (number >> 6));
                uint256 word = window.word;
                uint8 state = word.read(uint32(number));
                uint256 length = word.stretch(number, count - i);
                if (row.allows(state)) {
                    window.word = word.fill(number, length, row.target());
                } else {
                    _refuseOrders(cursor, row, number, i, length);
                }
                i += length;
            }
        }
    }

    /// @dev As `_stepDelivery` for each number of a list or a run.
    function _takeDeliveries(
        Stored storage self,
        Cursor memory cursor,
        uint256 row,
        bytes calldata record,
        uint256 count
    ) private {
        bool isRun = uint8(record[0]) & 0x80 != 0;
        uint256 size = row.opens() ? 8 : 4;
        unchecked {
            // The form was checked: the entries are there, and `number + i` and `order + i` are below 2^32.
            for (uint256 i = 0; i < count; i++) {
                uint256 entry = _word(record, isRun ? 3 : 3 + i * size);
                uint32 further = isRun ? uint32(i) : 0;
                bytes memory problem = _stepDelivery(
                    self,
                    cursor,
                    row,
                    uint32(entry >> 224) + further,
                    uint32(entry >> 192) + further
                );
                if (problem.length != 0) _refuse(cursor, i, 1, problem);
            }
        }
    }

    /// @dev Tells that orders of the record in hand were refused for their state; the slot of the first is in hand.
    function _refuseOrders(
        Cursor memory cursor,
        uint256 row,
        uint256 number,
        uint256 index,
        uint256 count
    ) private {
        uint8 state = cursor.orders.word.read(uint32(number));
        _refuse(cursor, index, count, _orderProblem(cursor, row, uint32(number), state));
    }

    /// @dev Tells that events of the record in hand were refused.
    function _refuse(Cursor memory cursor, uint256 index, uint256 count, bytes memory problem) private {
        emit IOrderLedger.ActionRefused(cursor.batch, cursor.position + index, count, problem);
    }

    /// @dev Whether the organisation may use a row here and now, whatever the number's state.
    function _isSeated(Cursor memory cursor, uint256 row, uint256 action) private pure returns (bool) {
        return row.by() & cursor.seats != 0 && (action != Lifecycle.ISSUE || cursor.isOpen);
    }

    function _seatProblem(
        Stored storage self,
        Cursor memory cursor,
        uint256 row,
        uint8 action
    ) private view returns (bytes memory) {
        Agreements.Stored storage agreement = self.agreements[cursor.agreement];
        if (row == 0) return abi.encodeWithSelector(IOrderLedger.LedgerActionUnknown.selector, action);
        if (agreement.state == 0) {
            return abi.encodeWithSelector(IOrderLedger.AgreementUnknown.selector, cursor.agreement);
        }
        if (row.by() & cursor.seats != 0) return agreement.issueProblem(cursor.agreement);
        return
            abi.encodeWithSelector(
                IOrderLedger.LedgerSeatMissing.selector,
                cursor.agreement,
                cursor.organisation,
                action
            );
    }

    /// @dev Takes an order one step on, if the lifecycle allows it.
    /// @return problem The encoded error, or nothing.
    function _stepOrder(
        Stored storage self,
        Cursor memory cursor,
        uint256 row,
        uint32 number
    ) private returns (bytes memory problem) {
        PackedStates.Window memory window = cursor.orders;
        self.orders.moveTo(window, PackedStates.slotOf(cursor.agreement, number));
        uint8 state = window.word.read(number);
        if (!row.allows(state)) return _orderProblem(cursor, row, number, state);
        window.word = window.word.write(number, row.target());
    }

    function _orderProblem(
        Cursor memory cursor,
        uint256 row,
        uint32 number,
        uint8 state
    ) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IOrderLedger.OrderUnexpectedState.selector,
                cursor.agreement,
                number,
                state,
                row.allowedFrom()
            );
    }

    /// @dev Takes a delivery one step on, if the lifecycle and its order allow it.
    /// @param named The order of a delivery that the row opens.
    /// @return problem The encoded error, or nothing.
    function _stepDelivery(
        Stored storage self,
        Cursor memory cursor,
        uint256 row,
        uint32 number,
        uint32 named
    ) private returns (bytes memory problem) {
        PackedStates.Window memory window = cursor.deliveries;
        self.deliveries.moveTo(window, PackedStates.slotOf(cursor.agreement, number));
        uint8 state = window.word.read(number);
        if (!row.allows(state)) {
            return
                abi.encodeWithSelector(
                    IOrderLedger.DeliveryUnexpectedState.selector,
                    cursor.agreement,
                    number,
                    state,
                    row.allowedFrom()
                );
        }
        problem = _bindToOrder(self, cursor, row, number, state == 0, named);
        if (problem.length == 0) window.word = window.word.write(number, row.target());
    }

    /// @dev Checks the order a delivery belongs to, and remembers it for a new one.
    function _bindToOrder(
        Stored storage self,
        Cursor memory cursor,
        uint256 row,
        uint32 number,
        bool isNew,
        uint32 named
    ) private returns (bytes memory problem) {
        uint64 agreement = cursor.agreement;
        uint32 order = isNew ? named : _orderOf(self, agreement, number);
        if (row.opens() && order != named) {
            return abi.encodeWithSelector(IOrderLedger.DeliveryOrderDiffers.selector, agreement, number, order, named);
        }
        self.orders.moveTo(cursor.orders, PackedStates.slotOf(agreement, order));
        uint8 state = cursor.orders.word.read(order);
        if ((row.orderStates() >> state) & 1 == 0) {
            return
                abi.encodeWithSelector(
                    IOrderLedger.DeliveryOrderUnexpectedState.selector,
                    agreement,
                    order,
                    state,
                    row.orderStates()
                );
        }
        if (isNew) self.ordersOfDeliveries[_linkSlot(agreement, number)] |= uint256(order) << ((number & 7) << 5);
    }

    function _select(Stored storage self, Cursor memory cursor, uint64 agreement) private view {
        cursor.agreement = agreement;
        (cursor.seats, cursor.isOpen) = self.agreements[agreement].seatsOf(cursor.organisation);
    }

    function _orderOf(Stored storage self, uint64 agreement, uint32 number) private view returns (uint32) {
        return uint32(self.ordersOfDeliveries[_linkSlot(agreement, number)] >> ((number & 7) << 5));
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
