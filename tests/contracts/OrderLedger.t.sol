// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {AgreementAction} from "../../contracts/lib/Lifecycle.sol";
import {Act, DeliveryIs, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";
import {Problem} from "./fixtures/Problems.sol";

/// @notice What batches record, and what the agreement's own state allows.
contract OrderLedgerTest is LedgerNetwork {
    uint16 private constant IN_FORCE = 1 << 2 | 1 << 3 | 1 << 4;

    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
    }

    // Happy paths

    function test_orderTravelsFromIssueToClose() public {
        _record(BRAND, Stream.one(Act.ISSUE, 1));
        _record(SUPPLIER, bytes.concat(Stream.one(Act.ACKNOWLEDGE, 1), Stream.one(Act.CONFIRM, 1)));
        _record(SUPPLIER, bytes.concat(Stream.opening(Act.ANNOUNCE, 1, 1), Stream.opening(Act.DESPATCH, 1, 1)));
        _assertDelivery(1, DeliveryIs.DESPATCHED, 1);
        _record(BRAND, Stream.one(Act.RECEIVE, 1));
        _record(INSPECTOR, Stream.one(Act.FAIL, 1));
        _record(CARRIER, Stream.one(Act.RETURN, 1));
        _record(SUPPLIER, Stream.one(Act.SETTLE, 1));
        _assertDelivery(1, DeliveryIs.SETTLED, 1);
        _record(BRAND, Stream.one(Act.FULFIL, 1));
        _record(SUPPLIER, Stream.one(Act.CLOSE, 1));
        _assertOrder(1, OrderIs.CLOSED);
    }

    function test_arbiterResolvesDispute() public {
        _confirmOrders(1, 1);
        _record(SUPPLIER, Stream.one(Act.DISPUTE, 1));
        _assertOrder(1, OrderIs.DISPUTED);
        _record(ARBITER, Stream.one(Act.RESOLVE_CLOSE, 1));
        _assertOrder(1, OrderIs.CLOSED);
    }

    function test_batchSpansAgreements() public {
        _conclude(SECOND, [BRAND, SUPPLIER, 0, 0, 0]);
        bytes memory actions = bytes.concat(
            Stream.select(FIRST),
            Stream.one(Act.ISSUE, 1),
            Stream.select(SECOND),
            Stream.run(Act.ISSUE, 1, 2),
            Stream.select(FIRST),
            Stream.one(Act.REVISE, 1),
            Stream.one(Act.ISSUE, 2)
        );
        _submitExpecting(_batch(BRAND, actions), new Refusal[](0));
        assertEq(ledger.orderState(FIRST, 1), OrderIs.ISSUED);
        assertEq(ledger.orderState(FIRST, 2), OrderIs.ISSUED);
        assertEq(ledger.orderState(FIRST, 3), OrderIs.NONE);
        assertEq(ledger.orderState(SECOND, 1), OrderIs.ISSUED);
        assertEq(ledger.orderState(SECOND, 2), OrderIs.ISSUED);
        assertEq(ledger.orderState(SECOND, 3), OrderIs.NONE);
    }

    function test_listNamesAnyNumbersInAnyOrder() public {
        uint32[] memory numbers = new uint32[](5);
        (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]) = (200, 1, type(uint32).max, 64, 0);
        _record(BRAND, Stream.list(Act.ISSUE, numbers));
        for (uint256 i = 0; i < 5; i++) _assertOrder(numbers[i], OrderIs.ISSUED);
        uint32[5] memory others = [199, 201, 2, 63, type(uint32).max - 1];
        for (uint256 i = 0; i < 5; i++) _assertOrder(others[i], OrderIs.NONE);
    }

    function test_deliveriesOfAListBelongToTheOrdersNamedBesideThem() public {
        _confirmOrders(60, 10);
        uint32[] memory numbers = new uint32[](3);
        uint32[] memory orders = new uint32[](3);
        (numbers[0], numbers[1], numbers[2]) = (9, 8, 7);
        (orders[0], orders[1], orders[2]) = (60, 69, 60);
        _record(SUPPLIER, Stream.openingList(Act.DESPATCH, numbers, orders));
        for (uint256 i = 0; i < 3; i++) _assertDelivery(numbers[i], DeliveryIs.DESPATCHED, orders[i]);
    }

    function test_runCrossesSlots() public {
        _record(BRAND, Stream.run(Act.ISSUE, 60, 200));
        for (uint32 number = 50; number < 270; number++) {
            _assertOrder(number, number >= 60 && number < 260 ? OrderIs.ISSUED : OrderIs.NONE);
        }
    }

    function test_runReachesTheLastNumber() public {
        _record(BRAND, Stream.run(Act.ISSUE, type(uint32).max - 1, 2));
        _assertOrder(type(uint32).max - 2, OrderIs.NONE);
        _assertOrder(type(uint32).max - 1, OrderIs.ISSUED);
        _assertOrder(type(uint32).max, OrderIs.ISSUED);
        _record(BRAND, Stream.one(Act.REVISE, type(uint32).max));
    }

    function test_numberZeroIsANumber() public {
        _record(BRAND, Stream.one(Act.ISSUE, 0));
        _assertOrder(0, OrderIs.ISSUED);
    }

    function test_deliveriesOfARunBelongToConsecutiveOrders() public {
        _confirmOrders(100, 70);
        _record(SUPPLIER, Stream.openingRun(Act.DESPATCH, 5, 70, 100));
        for (uint32 i = 0; i < 70; i++) _assertDelivery(5 + i, DeliveryIs.DESPATCHED, 100 + i);
        _assertDelivery(4, DeliveryIs.NONE, 0);
        _assertDelivery(75, DeliveryIs.NONE, 0);
        _record(BRAND, Stream.run(Act.RECEIVE, 5, 70));
        for (uint32 i = 0; i < 70; i++) _assertDelivery(5 + i, DeliveryIs.RECEIVED, 100 + i);
    }

    function test_announcedDeliveriesAreDespatchedInARun() public {
        _confirmOrders(1, 10);
        _record(SUPPLIER, Stream.openingRun(Act.ANNOUNCE, 1, 10, 1));
        _record(SUPPLIER, Stream.openingRun(Act.DESPATCH, 1, 10, 1));
        _assertDelivery(10, DeliveryIs.DESPATCHED, 10);
    }

    function test_emptyBatchIsRecorded() public {
        _submitExpecting(_batch(BRAND, ""), new Refusal[](0));
        _submitExpecting(_batch(BRAND, Stream.select(FIRST)), new Refusal[](0));
    }

    function test_documentsRootStandsInTheEvent() public {
        IOrderLedger.Batch memory batch = _batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, 1)));
        batch.documentsRoot = keccak256("root");
        _submitExpecting(batch, new Refusal[](0));
    }

    // What the agreement's state allows

    function test_noOrderBeforeAllHaveSigned() public {
        _propose(SECOND, _allSeats());
        bytes memory actions = bytes.concat(Stream.select(SECOND), Stream.one(Act.ISSUE, 1));
        _submitExpecting(_batch(BRAND, actions), 0, Problem.agreementState(SECOND, 1, IN_FORCE));
    }

    function test_noOrderInDeclinedOrEndedAgreement() public {
        _propose(SECOND, [BRAND, SUPPLIER, 0, 0, 0]);
        _agree(SUPPLIER, SECOND, AgreementAction.DECLINE);
        bytes memory actions = bytes.concat(Stream.select(SECOND), Stream.one(Act.ISSUE, 1));
        _submitExpecting(_batch(BRAND, actions), 0, Problem.agreementState(SECOND, 6, IN_FORCE));
        uint64 third = SECOND + 1;
        _conclude(third, [BRAND, SUPPLIER, 0, 0, 0]);
        _recordIn(third, BRAND, Stream.one(Act.ISSUE, 1));
        _agree(BRAND, third, AgreementAction.PROPOSE_END);
        _recordIn(third, BRAND, Stream.one(Act.ISSUE, 2));
        _agree(SUPPLIER, third, AgreementAction.SIGN_END);
        actions = bytes.concat(Stream.select(third), Stream.one(Act.ISSUE, 3));
        _submitExpecting(_batch(BRAND, actions), 0, Problem.agreementState(third, 5, IN_FORCE));
        _recordIn(third, SUPPLIER, Stream.run(Act.CONFIRM, 1, 2));
    }

    function test_ordersAreIssuedWhileAmending() public {
        _agree(_stepOf(SUPPLIER, FIRST, AgreementAction.AMEND, keccak256("next")));
        _record(BRAND, Stream.one(Act.ISSUE, 1));
    }

    function test_noOrderFromTheEndOfNoticeOn() public {
        _agree(SUPPLIER, FIRST, AgreementAction.GIVE_NOTICE);
        uint64 endsAt = uint64(START + 30 days);
        vm.warp(endsAt - 1);
        _record(BRAND, Stream.one(Act.ISSUE, 1));
        bytes memory problem = Problem.noticed(FIRST, endsAt);
        for (uint256 late = 0; late < 2; late++) {
            vm.warp(endsAt + late);
            bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, 2));
            _submitExpecting(_batch(BRAND, actions), 0, problem);
        }
        _record(SUPPLIER, Stream.one(Act.CONFIRM, 1));
    }
}
