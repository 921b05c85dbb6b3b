// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {PackedStates} from "../../contracts/lib/PackedStates.sol";

/// @notice The one place that knows where a state lies, against the obvious way to do the same.
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

    // Stretches

    function testFuzz_fillIsAWriteForEachNumber(uint256 word, uint32 number, uint256 length, uint8 state) public pure {
        state &= 0xf;
        length = bound(length, 1, 64 - (number & 63));
        uint256 written = word;
        for (uint32 i = 0; i < length; i++) written = PackedStates.write(written, number + i, state);
        assertEq(PackedStates.fill(word, number, length, state), written);
    }

    function test_fillReachesBothEndsOfItsWord() public pure {
        assertEq(PackedStates.fill(0, 0, 64, 15), type(uint256).max);
        assertEq(PackedStates.fill(type(uint256).max, 0, 64, 0), 0);
        assertEq(PackedStates.fill(0, 63, 1, 9), uint256(9) << 252);
        assertEq(PackedStates.fill(0, type(uint32).max, 1, 9), uint256(9) << 252);
        assertEq(PackedStates.fill(0, 64, 1, 9), 9);
    }

    /// @dev A random word has short stretches; `from` and `length` plant a long one.
    function testFuzz_stretchIsWhatALoopFinds(
        uint256 word,
        uint32 number,
        uint256 limit,
        uint8 from,
        uint256 length,
        uint8 state
    ) public pure {
        from &= 63;
        word = PackedStates.fill(word, from, bound(length, 1, 64 - from), state & 0xf);
        limit = bound(limit, 1, 2_048);
        uint256 found = 1;
        uint8 first = PackedStates.read(word, number);
        while (found < limit && (number & 63) + found < 64 && PackedStates.read(word, uint32((number & 63) + found)) == first) {
            found++;
        }
        assertEq(PackedStates.stretch(word, number, limit), found);
    }

    // The slot in hand

    /// @dev Random moves between few slots, writing in hand; afterwards storage is as if each write had gone there.
    function testFuzz_slotInHandLosesNoWrite(uint256[24] memory moves) public {
        uint256[4] memory expected;
        PackedStates.Window memory window;
        window.slot = PackedStates.NO_SLOT;
        for (uint256 i = 0; i < moves.length; i++) {
            uint256 slot = moves[i] & 3;
            uint32 number = uint32(moves[i] >> 2);
            uint8 state = uint8(moves[i] >> 34) & 0xf;
            _states.moveTo(window, slot);
            assertEq(window.word, expected[slot], "the slot in hand is the one that was asked for");
            window.word = PackedStates.write(window.word, number, state);
            expected[slot] = PackedStates.write(expected[slot], number, state);
        }
        _states.close(window);
        for (uint256 slot = 0; slot < 4; slot++) assertEq(_states.words[slot], expected[slot]);
        assertEq(_states.words[PackedStates.NO_SLOT], 0);
    }

    function test_movingToTheSlotInHandKeepsWhatWasWritten() public {
        PackedStates.Window memory window;
        window.slot = PackedStates.NO_SLOT;
        _states.moveTo(window, 5);
        window.word = 7;
        _states.moveTo(window, 5);
        assertEq(window.word, 7);
        assertEq(_states.words[5], 0, "it is not in storage before another slot is taken");
        _states.moveTo(window, 6);
        assertEq(_states.words[5], 7);
        assertEq(window.word, 0);
    }

    function test_nothingInHandIsPutNowhere() public {
        PackedStates.Window memory window;
        window.slot = PackedStates.NO_SLOT;
        vm.record();
        _states.close(window);
        (, bytes32[] memory writes) = vm.accesses(address(this));
        assertEq(writes.length, 0);
    }

    function test_slotThatIsReadOnlyIsNotWritten() public {
        PackedStates.Window memory window;
        window.slot = PackedStates.NO_SLOT;
        _states.words[3] = 9;
        vm.record();
        _states.moveTo(window, 3);
        _states.moveTo(window, 4);
        _states.close(window);
        (, bytes32[] memory writes) = vm.accesses(address(this));
        assertEq(writes.length, 0);
    }
}
