// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {Act, DeliveryIs, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";
import {Problem} from "./fixtures/Problems.sol";

/// @notice Batches and intents of several organisations in one transaction, on the same slots of storage: together they
/// do what they would do one after the other.
contract OrderLedgerTogetherTest is LedgerNetwork {
    /// @dev An agreement in which the first one's buyer sells.
    uint64 private constant REVERSED = (uint64(SUPPLIER) << 32) | 1;

    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
    }

    function test_laterBatchSeesWhatAnEarlierOneWrote() public {
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](5);
        batches[0] = _in(FIRST, BRAND, Stream.run(Act.ISSUE, 1, 3));
        batches[1] = _in(FIRST, SUPPLIER, Stream.run(Act.CONFIRM, 1, 3));
        batches[2] = _in(FIRST, SUPPLIER, Stream.openingRun(Act.DESPATCH, 1, 3, 1));
        batches[3] = _in(FIRST, BRAND, bytes.concat(Stream.run(Act.RECEIVE, 1, 2), Stream.one(Act.FULFIL, 3)));
        batches[4] = _in(FIRST, INSPECTOR, Stream.one(Act.PASS, 2));
        assertEq(_submitAll(batches), 5, "five records and no refusal");
        for (uint32 i = 1; i < 4; i++) _assertOrder(i, i == 3 ? OrderIs.FULFILLED : OrderIs.CONFIRMED);
        _assertDelivery(1, DeliveryIs.RECEIVED, 1);
        _assertDelivery(2, DeliveryIs.PASSED, 2);
        _assertDelivery(3, DeliveryIs.DESPATCHED, 3);
    }

    /// @dev The slot in hand goes back before another agreement's is taken, and comes back as it was left.
    function test_batchesMayTakeTurnsBetweenAgreements() public {
        _conclude(SECOND, _allSeats());
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](6);
        batches[0] = _in(FIRST, BRAND, Stream.one(Act.ISSUE, 1));
        batches[1] = _in(SECOND, BRAND, Stream.run(Act.ISSUE, 1, 2));
        batches[2] = _in(FIRST, SUPPLIER, Stream.one(Act.CONFIRM, 1));
        batches[3] = _in(SECOND, SUPPLIER, Stream.one(Act.REJECT, 2));
        batches[4] = _in(FIRST, BRAND, bytes.concat(Stream.one(Act.ISSUE, 2), Stream.one(Act.ISSUE, 64)));
        batches[5] = _in(SECOND, SUPPLIER, Stream.one(Act.ACKNOWLEDGE, 1));
        assertEq(_submitAll(batches), 6, "six records and no refusal");
        _assertOrder(1, OrderIs.CONFIRMED);
        _assertOrder(2, OrderIs.ISSUED);
        _assertOrder(64, OrderIs.ISSUED);
        assertEq(ledger.orderState(SECOND, 1), OrderIs.ACKNOWLEDGED);
        assertEq(ledger.orderState(SECOND, 2), 11);
        assertEq(ledger.orderState(SECOND, 64), OrderIs.NONE);
    }

    /// @dev Replayed, expired, forged or by a stranger: nothing of it is left, and both neighbours stand.
    function test_refusedBatchBetweenTwoGoodOnesLeavesNoTrace() public {
        for (uint8 way = 0; way < 4; way++) {
            uint256 snapshot = vm.snapshotState();
            IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](3);
            batches[0] = _in(FIRST, BRAND, Stream.run(Act.ISSUE, 1, 2));
            batches[1] = _in(FIRST, way == 3 ? STRANGER : BRAND, Stream.run(Act.WITHDRAW, 1, 2));
            batches[2] = _in(FIRST, SUPPLIER, Stream.run(Act.CONFIRM, 1, 2));
            if (way == 0) batches[1].nonce = batches[0].nonce;
            if (way == 1) batches[1].deadline = uint64(block.timestamp);
            bytes[] memory signatures = _signed(batches);
            if (way == 2) signatures[1] = signatures[0];
            ledger.submit(batches, signatures);
            _assertOrder(1, OrderIs.CONFIRMED);
            _assertOrder(2, OrderIs.CONFIRMED);
            vm.revertToState(snapshot);
        }
    }

    /// @dev The first batch's agreement is not the second's: its records stand in none until they select one.
    function test_batchDoesNotInheritItsNeighboursAgreement() public {
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](3);
        batches[0] = _in(FIRST, BRAND, Stream.one(Act.ISSUE, 1));
        batches[1] = _batch(BRAND, Stream.one(Act.ISSUE, 2));
        batches[2] = _batch(SUPPLIER, Stream.one(Act.CONFIRM, 1));
        bytes[] memory signatures = _signed(batches);
        vm.recordLogs();
        ledger.submit(batches, signatures);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 5);
        assertEq(logs[1].data, abi.encode(0, 1, Problem.unknownAgreement(0)));
        assertEq(logs[3].data, abi.encode(0, 1, Problem.unknownAgreement(0)));
        _assertOrder(1, OrderIs.ISSUED);
        _assertOrder(2, OrderIs.NONE);
    }

    /// @dev Neither the seats nor the open agreement of one speaker are the next one's.
    function test_batchDoesNotInheritItsNeighboursSeat() public {
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](3);
        batches[0] = _in(FIRST, BRAND, Stream.run(Act.ISSUE, 1, 2));
        batches[1] = _in(FIRST, STRANGER, bytes.concat(Stream.one(Act.CONFIRM, 1), Stream.one(Act.WITHDRAW, 1)));
        batches[2] = _in(FIRST, CARRIER, bytes.concat(Stream.one(Act.CONFIRM, 2), Stream.one(Act.WITHDRAW, 2)));
        assertEq(_submitAll(batches), 7, "three records and four refusals");
        _assertOrder(1, OrderIs.ISSUED);
        _assertOrder(2, OrderIs.ISSUED);
    }

    function test_intentDoesNotInheritItsNeighboursSeat() public {
        _conclude(SECOND, [BRAND, STRANGER, 0, 0, 0]);
        IOrderLedger.Intent[] memory intents = new IOrderLedger.Intent[](6);
        intents[0] = _intent(BRAND, Act.ISSUE, 1, 0);
        intents[1] = _intent(STRANGER, Act.CONFIRM, 1, 0); // no seat there
        intents[2] = _intent(BRAND, Act.ISSUE, 1, 0);
        intents[2].agreement = SECOND;
        intents[3] = _intent(STRANGER, Act.CONFIRM, 1, 0); // seller here
        intents[3].agreement = SECOND;
        intents[4] = _intent(STRANGER, Act.REJECT, 1, 0); // and not there
        intents[5] = _intent(SUPPLIER, Act.REJECT, 1, 0); // not here
        intents[5].agreement = SECOND;
        vm.recordLogs();
        ledger.submitIntents(intents, _signed(intents));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        bool[6] memory isRecorded = [true, false, true, true, false, false];
        assertEq(logs.length, 6);
        for (uint256 i = 0; i < 6; i++) {
            bytes32 topic = isRecorded[i] ? IOrderLedger.IntentRecorded.selector : IOrderLedger.IntentRefused.selector;
            assertEq(logs[i].topics[0], topic);
        }
        assertEq(logs[1].data, abi.encode(Problem.seatMissing(FIRST, STRANGER, Act.CONFIRM)));
        assertEq(logs[5].data, abi.encode(Problem.seatMissing(SECOND, SUPPLIER, Act.REJECT)));
        _assertOrder(1, OrderIs.ISSUED);
        assertEq(ledger.orderState(SECOND, 1), OrderIs.CONFIRMED);
    }

    /// @dev Random actions on few numbers over two slots and two agreements: as batches of one transaction they leave
    /// what they leave as transactions of their own.
    function testFuzz_togetherOrOneAfterTheOther(uint256 seed) public {
        _propose(REVERSED, [SUPPLIER, BRAND, 0, 0, 0]);
        _sign(BRAND, REVERSED);
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](8);
        for (uint256 i = 0; i < 8; i++) batches[i] = _random(uint256(keccak256(abi.encode(seed, i))));
        bytes[] memory signatures = _signed(batches);
        uint256 snapshot = vm.snapshotState();
        ledger.submit(batches, signatures);
        bytes memory together = _states();
        vm.revertToState(snapshot);
        for (uint256 i = 0; i < 8; i++) _send(batches[i], signatures[i]);
        assertEq(_states(), together);
    }

    function _random(uint256 seed) private returns (IOrderLedger.Batch memory) {
        uint8[8] memory actions = [
            Act.ISSUE, Act.ISSUE, Act.CONFIRM, Act.CONFIRM, Act.FULFIL, Act.DESPATCH, Act.RECEIVE, Act.REVISE
        ];
        bytes memory stream;
        for (uint256 i = 0; i < 6; i++) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint8 action = actions[seed & 7];
            uint32 number = uint32(60 + ((seed >> 8) & 7));
            uint32 order = uint32(60 + ((seed >> 16) & 7));
            bool opens = action == Act.DESPATCH;
            uint64 agreement = (seed >> 32) & 1 == 0 ? FIRST : REVERSED;
            if (i == 0 || (seed >> 24) & 3 == 0) stream = bytes.concat(stream, Stream.select(agreement));
            if ((seed >> 40) & 1 == 0) {
                stream = bytes.concat(stream, opens ? Stream.opening(action, number, order) : Stream.one(action, number));
            } else {
                stream = bytes.concat(
                    stream,
                    opens ? Stream.openingRun(action, number, 3, order) : Stream.run(action, number, 3)
                );
            }
        }
        return _batch((seed >> 48) & 1 == 0 ? BRAND : SUPPLIER, stream);
    }

    function _states() private view returns (bytes memory states) {
        uint64[2] memory agreements = [FIRST, REVERSED];
        for (uint256 i = 0; i < 2; i++) {
            for (uint32 number = 59; number < 72; number++) {
                (uint8 state, uint32 order) = ledger.deliveryState(agreements[i], number);
                states = abi.encodePacked(states, ledger.orderState(agreements[i], number), state, order);
            }
        }
    }

    function _in(uint64 agreement, uint32 organisation, bytes memory actions) private returns (IOrderLedger.Batch memory) {
        return _batch(organisation, bytes.concat(Stream.select(agreement), actions));
    }

    function _submitAll(IOrderLedger.Batch[] memory batches) private returns (uint256 logs) {
        bytes[] memory signatures = _signed(batches);
        vm.recordLogs();
        ledger.submit(batches, signatures);
        return vm.getRecordedLogs().length;
    }
}
