// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice States of four bits each, 64 to a slot, numbered inside an agreement, so that neighbours share slots.
///
///     slot(agreement, number >> 6):  | number 63 | ... | number 1 | number 0 |   4 bits each
library PackedStates {
    struct States {
        mapping(uint256 slot => uint256 word) words;
    }

    /// @notice The slot that holds a number's state.
    function slotOf(uint64 agreement, uint32 number) internal pure returns (uint256) {
        return (uint256(agreement) << 26) | (number >> 6);
    }

    /// @notice The state of a number within its word.
    function read(uint256 word, uint32 number) internal pure returns (uint8) {
        return uint8((word >> ((number & 63) << 2)) & 0xf);
    }

    /// @notice The word with the state of a number replaced. `state` is below 16.
    function write(uint256 word, uint32 number, uint8 state) internal pure returns (uint256) {
        uint256 shift = (number & 63) << 2;
        return (word & ~(uint256(0xf) << shift)) | (uint256(state) << shift);
    }

    /// @notice The state of a number.
    function stateOf(States storage self, uint64 agreement, uint32 number) internal view returns (uint8) {
        return read(self.words[slotOf(agreement, number)], number);
    }
}
