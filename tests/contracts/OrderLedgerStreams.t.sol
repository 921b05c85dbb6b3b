// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {Act, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";
import {Problem} from "./fixtures/Problems.sol";

/// @notice Streams that cannot be read to their end: what stands before stands, the rest is named by its offset.
contract OrderLedgerStreamsTest is LedgerNetwork {
    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
    }

    function test_streamWithTruncatedSelectionIsMalformed() public {
        _expectEveryHeadMalformed(Stream.select(SECOND));
    }

    function test_streamWithTruncatedListIsMalformed() public {
        _expectEveryHeadMalformed(Stream.one(Act.REVISE, 1));
        _expectEveryHeadMalformed(Stream.spelled(Act.REVISE, 1, 3));
    }

    function test_streamWithTruncatedRunIsMalformed() public {
        _expectEveryHeadMalformed(Stream.run(Act.REVISE, 1, 1));
    }

    function test_streamWithTruncatedOpeningsIsMalformed() public {
        _expectEveryHeadMalformed(Stream.opening(Act.DESPATCH, 1, 1));
        _expectEveryHeadMalformed(bytes.concat(hex"220002", new bytes(16)));
        _expectEveryHeadMalformed(Stream.openingRun(Act.DESPATCH, 1, 1, 1));
    }

    function test_recordOfNothingIsMalformed() public {
        _expectMalformedTail(Stream.run(Act.REVISE, 1, 0));
        _expectMalformedTail(Stream.spelled(Act.REVISE, 1, 0));
        _expectMalformedTail(Stream.openingRun(Act.DESPATCH, 1, 0, 1));
        _expectMalformedTail(Stream.run(99, 1, 0));
        _expectMalformedTail(Stream.spelled(99, 1, 0));
    }

    function test_recordOfMoreThanTheMostIsMalformed() public {
        _expectMalformedTail(Stream.run(Act.ISSUE, 100, 2_049));
        _expectMalformedTail(Stream.run(Act.ISSUE, 100, type(uint16).max));
        _expectMalformedTail(Stream.openingRun(Act.DESPATCH, 1, 2_049, 1));
        _expectMalformedTail(bytes.concat(hex"010801", new bytes(4 * 2_049)));
        _expectMalformedTail(bytes.concat(hex"220801", new bytes(8 * 2_049)));
        _expectMalformedTail(Stream.run(99, 1, 2_049));
    }

    function test_recordsOfTheMostAreRecorded() public {
        _record(BRAND, Stream.run(Act.ISSUE, 100, 2_048));
        _record(SUPPLIER, Stream.spelled(Act.CONFIRM, 100, 2_048));
        _record(SUPPLIER, Stream.openingRun(Act.DESPATCH, 7, 2_048, 100));
        for (uint32 i = 0; i < 2_048; i++) {
            _assertOrder(100 + i, OrderIs.CONFIRMED);
            _assertDelivery(7 + i, 2, 100 + i);
        }
        _assertOrder(99, OrderIs.NONE);
        _assertOrder(2_148, OrderIs.NONE);
        _assertDelivery(6, 0, 0);
        _assertDelivery(2_055, 0, 0);
    }

    function test_runOverTheLastNumberIsMalformed() public {
        uint32 last = type(uint32).max;
        _expectMalformedTail(Stream.run(Act.ISSUE, last, 2));
        _expectMalformedTail(Stream.run(Act.ISSUE, last - 2_046, 2_048));
        _expectMalformedTail(Stream.openingRun(Act.DESPATCH, last, 2, 1));
        _expectMalformedTail(Stream.openingRun(Act.DESPATCH, 1, 2, last));
        // Unknown actions have numbers too.
        _expectMalformedTail(Stream.run(99, last, 2));
    }

    function test_runsUpToTheLastNumberAreRecorded() public {
        uint32 last = type(uint32).max;
        _confirmOrders(last - 2_047, 2_048);
        _record(SUPPLIER, Stream.openingRun(Act.DESPATCH, last - 1, 2, last - 1));
        _assertDelivery(last, 2, last);
        _assertDelivery(last - 1, 2, last - 1);
        _record(SUPPLIER, Stream.openingRun(Act.DESPATCH, 0, 1, last));
        _assertDelivery(0, 2, last);
        _record(BRAND, Stream.run(Act.RECEIVE, last, 1));
        _assertDelivery(last, 3, last);
        // Nothing comes round to the first numbers.
        _assertOrder(0, OrderIs.NONE);
        _assertDelivery(1, 0, 0);
    }

    /// @dev The order's number alone bounds no run of an action that opens nothing: what follows is the next record.
    function test_runReadsNoFurtherThanItsAction() public {
        _record(BRAND, bytes.concat(Stream.run(Act.ISSUE, 1, 2), Stream.one(Act.REVISE, 2)));
        _assertOrder(2, OrderIs.ISSUED);
    }

    function test_malformedTailEndsTheStreamBeforeWhatFollows() public {
        _expectMalformedTail(bytes.concat(Stream.run(Act.REVISE, 1, 0), Stream.one(Act.ISSUE, 2)));
        _assertOrder(2, OrderIs.NONE);
    }

    function test_malformedStreamStillUsesItsNonceAndTellsItsRoot() public {
        IOrderLedger.Batch memory batch = _batch(BRAND, hex"01");
        batch.documentsRoot = keccak256("root");
        _submitExpecting(batch, 0, Problem.malformed(0));
    }

    /// @dev What lies behind the actions in the calldata never counts: here the next field would complete them.
    function test_bytesBehindTheStreamAreNotRead() public {
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](2);
        bytes[] memory signatures = new bytes[](2);
        batches[0] = _batch(BRAND, bytes.concat(Stream.select(FIRST), hex"01000100"));
        batches[1] = _batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, 5)));
        for (uint256 i = 0; i < 2; i++) signatures[i] = _signed(batches[i]);
        ledger.submit(batches, signatures);
        _assertOrder(0, OrderIs.NONE);
        _assertOrder(5, OrderIs.ISSUED);
    }

    /// @dev Whatever bytes an organisation signs, its batch never reverts, and without a seat it changes nothing.
    function testFuzz_anyStreamIsRecordedAndTouchesNothingForeign(bytes calldata actions) public {
        _record(BRAND, Stream.run(Act.ISSUE, 1, 64));
        IOrderLedger.Batch memory batch = _batch(STRANGER, bytes.concat(Stream.select(FIRST), actions));
        _send(batch, _signed(batch));
        assertTrue(ledger.isNonceUsed(STRANGER, batch.nonce));
        for (uint32 number = 0; number < 66; number++) {
            _assertOrder(number, number >= 1 && number < 65 ? OrderIs.ISSUED : OrderIs.NONE);
        }
    }

    /// @dev The same with a seat, and with records that begin well: what comes before a cut stands, to the last number.
    function testFuzz_cutStreamKeepsWhatStandsBeforeTheCut(uint256 cut) public {
        bytes memory whole = bytes.concat(
            Stream.select(FIRST), // to 9
            Stream.one(Act.ISSUE, 1), // to 16
            Stream.run(Act.ISSUE, 2, 3), // to 23
            Stream.spelled(Act.ISSUE, 5, 2) // to 34
        );
        cut = bound(cut, 0, whole.length);
        IOrderLedger.Batch memory batch = _batch(BRAND, _head(whole, cut));
        _send(batch, _signed(batch));
        _assertOrder(1, cut >= 16 ? OrderIs.ISSUED : OrderIs.NONE);
        for (uint32 i = 2; i < 5; i++) _assertOrder(i, cut >= 23 ? OrderIs.ISSUED : OrderIs.NONE);
        for (uint32 i = 5; i < 7; i++) _assertOrder(i, cut >= 34 ? OrderIs.ISSUED : OrderIs.NONE);
    }

    function _expectEveryHeadMalformed(bytes memory record) private {
        for (uint256 length = 1; length < record.length; length++) _expectMalformedTail(_head(record, length));
    }

    /// @dev The order 1 is issued before the tail and stands; the refusal names position and offset.
    function _expectMalformedTail(bytes memory tail) private {
        uint256 snapshot = vm.snapshotState();
        bytes memory sound = bytes.concat(Stream.select(FIRST), Stream.run(Act.ISSUE, 10, 3), Stream.one(Act.ISSUE, 1));
        _submitExpecting(_batch(BRAND, bytes.concat(sound, tail)), 4, Problem.malformed(sound.length));
        _assertOrder(0, OrderIs.NONE);
        _assertOrder(1, OrderIs.ISSUED);
        _assertOrder(12, OrderIs.ISSUED);
        _assertOrder(100, OrderIs.NONE);
        _assertOrder(type(uint32).max, OrderIs.NONE);
        vm.revertToState(snapshot);
    }

    function _head(bytes memory data, uint256 length) private pure returns (bytes memory head) {
        head = new bytes(length);
        for (uint256 i = 0; i < length; i++) head[i] = data[i];
    }
}
