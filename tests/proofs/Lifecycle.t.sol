// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DeliveryState, Lifecycle, OrderState} from "../../contracts/lib/Lifecycle.sol";
import {Proof} from "./Proof.sol";

/// @notice What the rows of orders and deliveries allow, for every code that an action can have and every state.
contract LifecycleProof is Proof {
    using Lifecycle for uint256;

    function check_noRowLeadsOutOfATerminalState(uint8 action, uint8 state) external pure {
        bool isTerminal = _isAboutOrders(action)
            ? state == uint8(OrderState.Rejected) ||
                state == uint8(OrderState.Cancelled) ||
                state == uint8(OrderState.Closed)
            : state == uint8(DeliveryState.Settled) || state == uint8(DeliveryState.Withdrawn);
        vm.assume(isTerminal);
        assert((Lifecycle.rowOf(action).allowedFrom() >> state) & 1 == 0);
    }

    function check_rowsLeadFromAndToStatesThatExist(uint8 action, uint8 state) external pure {
        uint256 row = Lifecycle.rowOf(action);
        vm.assume(row != 0 && (row.allowedFrom() >> state) & 1 == 1);
        uint8 last = _isAboutOrders(action) ? uint8(type(OrderState).max) : uint8(type(DeliveryState).max);
        assert(state <= last);
        assert(row.target() != 0 && row.target() <= last);
    }

    function check_actionsHaveARowIffTheyAreKnown(uint8 action) external pure {
        bool isKnown = (action >= 1 && action <= 23) || (action >= 32 && action <= 46);
        assert((Lifecycle.rowOf(action) != 0) == isKnown);
    }

    /// @dev An unknown action has no row, no row grants no seat, and so the ledger refuses it.
    function check_rowsGrantSeatsIffTheyExist(uint8 action) external pure {
        uint256 row = Lifecycle.rowOf(action);
        assert((row.by() != 0) == (row != 0));
    }

    /// @dev A delivery may only be stepped while its order exists.
    function check_deliveryRowsWantAnOrderThatExists(uint8 action) external pure {
        vm.assume(!_isAboutOrders(action));
        assert(Lifecycle.rowOf(action).orderStates() & 1 == 0);
    }

    function _isAboutOrders(uint8 action) private pure returns (bool) {
        return action < Lifecycle.FIRST_DELIVERY_ACTION;
    }
}
