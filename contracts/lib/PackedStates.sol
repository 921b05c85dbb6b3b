// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice States of four bits each, 64 to a slot, numbered inside an agreement, so that neighbours share slots.
///
///     slot(agreement, number >> 6):  | number 63 | ... | number 1 | number 0 |   4 bits each
library PackedStates {
    struct States {
        mapping(uint256 slot => uint256 word) words;
    }

    /// @notice The slot in hand: what it holds now, and what storage holds. `word` is put back by `close`.
    struct Window {
        uint256 slot;
        uint256 word;
        uint256 stored;
    }

    /// @notice A slot of no agreement: its number would need more than 64 bits.
    uint256 internal constant NO_SLOT = type(uint256).max;

    /// @dev The same state in all 64 places is this times the state.
    uint256 private constant EVERY_PLACE = type(uint256).max / 0xf;

    /// @notice The slot that holds a number's state.
    function slotOf(uint64 agreement, uint32 number) internal pure returns (uint256) {
        return (uint256(agreement) << 26) | (number >> 6);
    }

    /// @notice The state of a number within its word.
    function read(uint256 word, uint32 number) internal pure returns (uint8) {
        return uint8((word >> placeOf(number)) & 0xf);
    }

    function write(uint256 word, uint32 number, uint8 state) internal pure returns (uint256) {
        uint256 place = placeOf(number);
        return (word & ~(uint256(0xf) << place)) | (uint256(state) << place);
    }

    /// @notice Where in its word a number's state begins, in bits.
    function placeOf(uint256 number) internal pure returns (uint256) {
        return (number & 63) << 2;
    }

    /// @notice The word with the states of `length` numbers from `number` on replaced. `state` is below 16; the stretch
    /// is not empty and stays within the word.
    function fill(uint256 word, uint256 number, uint256 length, uint256 state) internal pure returns (uint256) {
        unchecked {
            // 1 <= length <= 64, so the subtraction cannot go below zero.
            uint256 places = (type(uint256).max >> (256 - (length << 2))) << placeOf(number);
            return (word & ~places) | ((EVERY_PLACE * state) & places);
        }
    }

    /// @notice How many numbers from `number` on stand in its state, within its word and up to `limit` (at least 1).
    function stretch(uint256 word, uint256 number, uint256 limit) internal pure returns (uint256 length) {
        unchecked {
            // 1 <= left <= 64, and a state is below 16: nothing over- or underflows.
            uint256 left = 64 - (number & 63);
            if (limit < left) left = limit;
            uint256 states = word >> placeOf(number);
            uint256 differing = (states ^ (EVERY_PLACE * (states & 0xf))) & (type(uint256).max >> (256 - (left << 2)));
            if (differing == 0) return left;
            for (; differing & 0xf == 0; differing >>= 4) length++;
        }
    }

    /// @notice Takes another slot in hand, and puts back the one before.
    function moveTo(States storage self, Window memory window, uint256 slot) internal {
        if (slot == window.slot) return;
        close(self, window);
        window.slot = slot;
        window.word = window.stored = self.words[slot];
    }

    /// @notice Puts the slot in hand back to storage, for good: to go on, `moveTo` another.
    function close(States storage self, Window memory window) internal {
        if (window.word != window.stored) self.words[window.slot] = window.word;
    }

    /// @notice The state of a number.
    function stateOf(States storage self, uint64 agreement, uint32 number) internal view returns (uint8) {
        return read(self.words[slotOf(agreement, number)], number);
    }
}
