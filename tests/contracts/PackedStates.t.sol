// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {PackedStates} from "../../contracts/lib/PackedStates.sol";

contract PackedStatesTest is Test {
    using PackedStates for PackedStates.States;

    PackedStates.States private _states;

    function testFuzz_writeIsReadBack(uint256 word, uint32 number, uint8 state) public pure {
        state &= 0xf;
        assertEq(PackedStates.read(PackedStates.write(word, number, state), number), state);
    }

    function testFuzz_writeChangesOnlyTheNamedNumber(uint256 word, uint32 number, uint8 state) public pure {
        state &= 0xf;
        uint256 written = PackedStates.write(word, number, state);
        for (uint32 place = 0; place < 64; place++) {
            if (place == number & 63) continue;
            assertEq(PackedStates.read(written, place), PackedStates.read(word, place));
        }
    }

    function testFuzz_writingTheSameStateChangesNothing(uint256 word, uint32 number) public pure {
        assertEq(PackedStates.write(word, number, PackedStates.read(word, number)), word);
    }

    function testFuzz_lastWriteWins(uint256 word, uint32 number, uint8 first, uint8 last) public pure {
        (first, last) = (first & 0xf, last & 0xf);
        uint256 twice = PackedStates.write(PackedStates.write(word, number, first), number, last);
        assertEq(twice, PackedStates.write(word, number, last));
    }

    function testFuzz_writesOfTwoNumbersCommute(uint256 word, uint32 left, uint32 right) public pure {
        vm.assume(left & 63 != right & 63);
        uint256 forth = PackedStates.write(PackedStates.write(word, left, 5), right, 10);
        assertEq(forth, PackedStates.write(PackedStates.write(word, right, 10), left, 5));
    }

    /// @dev A number's place in storage is its own: same slot and same place only for the same agreement and number.
    function testFuzz_placesNeverCollide(uint64 left, uint32 leftNumber, uint64 right, uint32 rightNumber) public pure {
        vm.assume(left != right || leftNumber != rightNumber);
        bool isSameSlot = PackedStates.slotOf(left, leftNumber) == PackedStates.slotOf(right, rightNumber);
        assertFalse(isSameSlot && leftNumber & 63 == rightNumber & 63);
    }

    function testFuzz_neighboursShareASlot(uint64 agreement, uint32 number) public pure {
        uint256 slot = PackedStates.slotOf(agreement, number);
        assertEq(PackedStates.slotOf(agreement, number & ~uint32(63)), slot);
        assertEq(PackedStates.slotOf(agreement, number | 63), slot);
        assertLt(slot, 1 << 90);
    }

    function testFuzz_storedStateIsItsOwn(uint64 agreement, uint32 number, uint8 state, uint64 other) public {
        state &= 0xf;
        uint256 slot = PackedStates.slotOf(agreement, number);
        _states.words[slot] = PackedStates.write(0, number, state);
        assertEq(_states.stateOf(agreement, number), state);
        if (other != agreement) assertEq(_states.stateOf(other, number), 0);
    }
}
