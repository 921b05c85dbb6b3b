// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedStates} from "../../contracts/lib/PackedStates.sol";
import {Proof} from "./Proof.sol";

/// @notice A word holds 64 independent states, and stretches of them are what their single numbers are.
contract PackedStatesProof is Proof {
    using PackedStates for uint256;
    using PackedStates for PackedStates.States;

    PackedStates.States private _states;

    function check_readAfterWriteGivesTheState(uint256 word, uint32 number, uint8 state) external pure {
        vm.assume(state < 16);
        assert(word.write(number, state).read(number) == state);
    }

    function check_writeMovesNoOtherNumber(uint256 word, uint32 number, uint32 other, uint8 state) external pure {
        vm.assume(state < 16 && number & 63 != other & 63);
        assert(word.write(number, state).read(other) == word.read(other));
    }

    function check_slotsAreSharedByNeighboursOfOneAgreementOnly(
        uint64 agreement,
        uint32 number,
        uint64 otherAgreement,
        uint32 other
    ) external pure {
        uint256 slot = PackedStates.slotOf(agreement, number);
        bool isShared = agreement == otherAgreement && number >> 6 == other >> 6;
        assert((slot == PackedStates.slotOf(otherAgreement, other)) == isShared);
        assert(slot != PackedStates.NO_SLOT);
    }

    /// @dev A word is its 64 places, so what holds for any one place holds for the word.
    function check_filledStretchIsEachOfItsNumbersWritten(
        uint256 word,
        uint32 number,
        uint256 length,
        uint8 state,
        uint32 place
    ) external pure {
        uint256 first = number & 63;
        vm.assume(state < 16 && length > 0 && length <= 64 - first && place < 64);
        bool isInside = place >= first && place < first + length;
        assert(word.fill(number, length, state).read(place) == (isInside ? state : word.read(place)));
    }

    function check_filledStretchIsOneShorterAndOneMoreWrite(
        uint256 word,
        uint32 number,
        uint256 length,
        uint8 state
    ) external pure {
        uint256 first = number & 63;
        vm.assume(state < 16 && length > 0 && length < 64 - first);
        uint256 oneByOne = word.fill(number, length, state).write(uint32(first + length), state);
        assert(word.fill(number, length + 1, state) == oneByOne);
        assert(word.fill(number, 1, state) == word.write(number, state));
    }

    function check_stretchStaysWithinWordAndLimit(uint256 word, uint32 number, uint256 limit) external pure {
        vm.assume(limit > 0);
        uint256 length = word.stretch(number, limit);
        assert(length > 0 && length <= limit && length <= 64 - (number & 63));
    }

    /// @dev Were any of its numbers in another state, filling the stretch with its first one's would change the word.
    function check_stretchHoldsNoNumberInAnotherState(uint256 word, uint32 number, uint256 limit) external pure {
        vm.assume(limit > 0);
        uint256 length = word.stretch(number, limit);
        assert(word.fill(number, length, uint8(word.read(number))) == word);
    }

    function check_stretchEndsOnlyWhereItMust(uint256 word, uint32 number, uint256 limit) external pure {
        vm.assume(limit > 0);
        uint256 length = word.stretch(number, limit);
        uint256 next = (number & 63) + length;
        assert(length == limit || next == 64 || word.read(uint32(next)) != word.read(number));
    }

    function check_windowLosesNoWriteAndAddsNone(
        uint256[3] calldata slots,
        uint256[3] calldata words,
        uint256 other
    ) external {
        _forgetStorageOf(address(this));
        uint256 expected = _states.words[other];
        PackedStates.Window memory window;
        window.slot = PackedStates.NO_SLOT;
        for (uint256 i = 0; i < 3; i++) {
            vm.assume(slots[i] != PackedStates.NO_SLOT);
            _states.moveTo(window, slots[i]);
            window.word = words[i];
            if (slots[i] == other) expected = words[i];
        }
        _states.close(window);
        assert(_states.words[other] == expected);
    }

    function check_windowShowsWhatWasWrittenLast(uint256 slot, uint256 between, uint256 word, uint256 other) external {
        _forgetStorageOf(address(this));
        vm.assume(slot != PackedStates.NO_SLOT && between != PackedStates.NO_SLOT && slot != between);
        PackedStates.Window memory window;
        window.slot = PackedStates.NO_SLOT;
        _states.moveTo(window, slot);
        window.word = word;
        _states.moveTo(window, between);
        window.word = other;
        _states.moveTo(window, slot);
        assert(window.word == word);
    }
}
