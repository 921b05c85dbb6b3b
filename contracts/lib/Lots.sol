// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../interfaces/IPoolAuction.sol";
import {LotAction, LotState} from "./Lifecycle.sol";
import {PackedStates} from "./PackedStates.sol";

/// @notice What may become of a lot, by whose hand and when: the lot rows of spec/lifecycle.toml.
/// @dev A test proves them equal.
library Lots {
    using PackedStates for uint256;

    /// @notice How long from `performBy` on the pool operator alone says what became of a lot in transit.
    uint64 internal constant CONFIRMATION_PERIOD = 7 days;
    uint64 internal constant FOREVER = type(uint64).max;

    /// @notice The packed states of an auction's lots, all of which stand alike.
    function alike(uint256 lotCount, LotState state) internal pure returns (uint256 states) {
        for (uint32 lot = 0; lot < lotCount; lot++) states = states.write(lot, uint8(state));
    }

    /// @notice The packed states of an auction's lots when it becomes final.
    /// @param covered Bitmap of the lots that somebody has won.
    function settled(uint256 lotCount, uint64 covered) internal pure returns (uint256 states) {
        states = alike(lotCount, LotState.Void);
        for (uint32 lot = 0; lot < lotCount; lot++) {
            if ((covered >> lot) & 1 == 1) states = states.write(lot, uint8(LotState.Awarded));
        }
    }

    /// @notice Bitmap of the states from which a step may be taken.
    function allowedFrom(uint8 action) internal pure returns (uint16) {
        if (action == LotAction.PICK_UP) return uint16(1 << uint8(LotState.Awarded));
        if (action == LotAction.DELIVER) return uint16(1 << uint8(LotState.InTransit));
        if (action == LotAction.FAIL) {
            return uint16((1 << uint8(LotState.Awarded)) | (1 << uint8(LotState.InTransit)));
        }
        revert IPoolAuction.LotActionUnknown(action);
    }

    /// @notice The state that a step leads to.
    function target(uint8 action) internal pure returns (LotState) {
        if (action == LotAction.PICK_UP) return LotState.InTransit;
        return action == LotAction.DELIVER ? LotState.Delivered : LotState.Failed;
    }

    /// @notice Whether the time is over in which the pool operator alone may confirm a delivery.
    function isOverdue(uint64 performBy, uint256 time) internal pure returns (bool) {
        return time >= performBy + CONFIRMATION_PERIOD;
    }

    /// @notice Whether the pool operator or the lot's winner may take a step, as far as its window allows.
    function isOpenTo(uint8 action, bool isPool, bool isWinner, bool isOverdue_) internal pure returns (bool) {
        if (action == LotAction.PICK_UP) return isWinner;
        return isPool || (action == LotAction.DELIVER && isWinner && isOverdue_);
    }

    /// @notice When a step may be taken; half-open. A lot in transit can be declared failed for a while only, so that
    /// a carrier that delivered to a silent pool operator is safe in the end; and a lot is not picked up when it should
    /// have been delivered, so that nobody gets there without having carried.
    function windowOf(uint8 action, uint8 state, uint64 performBy) internal pure returns (uint64 from, uint64 until) {
        if (action == LotAction.PICK_UP) return (0, performBy);
        if (action == LotAction.DELIVER) return (0, FOREVER);
        bool isInTransit = state == uint8(LotState.InTransit);
        return (performBy, isInTransit ? performBy + CONFIRMATION_PERIOD : FOREVER);
    }
}
