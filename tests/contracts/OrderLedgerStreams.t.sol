// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {Act, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";

/// @notice Streams that cannot be read to their end: what stands before stands, the rest is named by its offset.
contract OrderLedgerStreamsTest is LedgerNetwork {
    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
    }

    function test_streamWithTruncatedSelectionIsMalformed() public {
        for (uint256 length = 1; length < 9; length++) _expectMalformedTail(_head(Stream.select(SECOND), length));
    }

    function test_streamWithTruncatedRecordIsMalformed() public {
        for (uint256 length = 1; length < 5; length++) _expectMalformedTail(_head(Stream.one(Act.REVISE, 1), length));
    }

    function test_streamWithTruncatedRunIsMalformed() public {
        for (uint256 length = 1; length < 7; length++) {
            _expectMalformedTail(_head(Stream.run(Act.REVISE, 1, 1), length));
        }
    }

    function test_streamWithTruncatedOpeningIsMalformed() public {
        for (uint256 length = 1; length < 9; length++) {
            _expectMalformedTail(_head(Stream.opening(Act.DESPATCH, 1, 1), length));
        }
    }

    function test_streamWithTruncatedOpeningRunIsMalformed() public {
        for (uint256 length = 1; length < 11; length++) {
            _expectMalformedTail(_head(Stream.openingRun(Act.DESPATCH, 1, 1, 1), length));
        }
    }

    function test_runOfNothingIsMalformed() public {
        _expectMalformedTail(Stream.run(Act.REVISE, 1, 0));
        _expectMalformedTail(Stream.openingRun(Act.DESPATCH, 1, 0, 1));
        _expectMalformedTail(Stream.run(99, 1, 0));
    }

    function test_runOverTheLastNumberIsMalformed() public {
        _expectMalformedTail(Stream.run(Act.ISSUE, type(uint32).max, 2));
        _expectMalformedTail(Stream.run(Act.ISSUE, type(uint32).max - 65533, 65535));
        _expectMalformedTail(Stream.openingRun(Act.DESPATCH, type(uint32).max, 2, 1));
    }

    function test_runOverTheLastOrderIsMalformed() public {
        _expectMalformedTail(Stream.openingRun(Act.DESPATCH, 1, 2, type(uint32).max));
    }

    function test_malformedTailEndsTheStreamBeforeWhatFollows() public {
        _expectMalformedTail(bytes.concat(Stream.run(Act.REVISE, 1, 0), Stream.one(Act.ISSUE, 2)));
        _assertOrder(2, OrderIs.NONE);
    }

    function test_malformedStreamStillUsesItsNonceAndRecordsItsRoot() public {
        IOrderLedger.Batch memory batch = _batch(BRAND, hex"01");
        batch.documentsRoot = keccak256("root");
        _submitExpecting(batch, 0, abi.encodeWithSelector(IOrderLedger.LedgerActionsMalformed.selector, 0));
        assertEq(ledger.documentsRootOf(ledger.digestOf(batch)), keccak256("root"));
    }

    /// @dev What lies behind the actions in the calldata never counts: here the next field would complete them.
    function test_bytesBehindTheStreamAreNotRead() public {
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](2);
        bytes[] memory signatures = new bytes[](2);
        batches[0] = _batch(BRAND, bytes.concat(Stream.select(FIRST), hex"010000"));
        batches[1] = _batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, 5)));
        for (uint256 i = 0; i < 2; i++) signatures[i] = _signed(batches[i]);
        ledger.submit(batches, signatures);
        _assertOrder(0, OrderIs.NONE);
        _assertOrder(5, OrderIs.ISSUED);
    }

    /// @dev The order 1 is issued before the tail and stands; the refusal names position and offset.
    function _expectMalformedTail(bytes memory tail) private {
        uint256 snapshot = vm.snapshotState();
        bytes memory sound = bytes.concat(Stream.select(FIRST), Stream.run(Act.ISSUE, 10, 3), Stream.one(Act.ISSUE, 1));
        bytes memory problem = abi.encodeWithSelector(IOrderLedger.LedgerActionsMalformed.selector, sound.length);
        _submitExpecting(_batch(BRAND, bytes.concat(sound, tail)), 4, problem);
        _assertOrder(1, OrderIs.ISSUED);
        _assertOrder(12, OrderIs.ISSUED);
        _assertOrder(type(uint32).max, OrderIs.NONE);
        vm.revertToState(snapshot);
    }

    function _head(bytes memory data, uint256 length) private pure returns (bytes memory head) {
        head = new bytes(length);
        for (uint256 i = 0; i < length; i++) head[i] = data[i];
    }
}
