// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {AgreementAction} from "../../contracts/lib/Lifecycle.sol";
import {Act, DeliveryIs, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";

/// @notice What batches record, and which of their actions are refused while the neighbours stand.
contract OrderLedgerTest is LedgerNetwork {
    uint16 private constant SHIPPABLE = 1 << 4 | 1 << 5 | 1 << 6;
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

    function test_documentsRootIsStored() public {
        IOrderLedger.Batch memory batch = _batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, 1)));
        batch.documentsRoot = keccak256("root");
        bytes32 digest = ledger.digestOf(batch);
        assertEq(ledger.documentsRootOf(digest), 0);
        _submitExpecting(batch, new Refusal[](0));
        assertEq(ledger.documentsRootOf(digest), keccak256("root"));
    }

    function test_batchWithoutDocumentsStoresNoRoot() public {
        IOrderLedger.Batch memory batch = _batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, 1)));
        _submitExpecting(batch, new Refusal[](0));
        assertEq(ledger.documentsRootOf(ledger.digestOf(batch)), 0);
    }

    // Refusals in the midst

    function test_neighboursOfRefusedActionStand() public {
        _record(BRAND, Stream.one(Act.ISSUE, 3));
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.run(Act.ISSUE, 1, 5));
        _submitExpecting(_batch(BRAND, actions), 2, _orderUnexpected(3, OrderIs.ISSUED, 1));
        for (uint32 number = 1; number < 6; number++) _assertOrder(number, OrderIs.ISSUED);
    }

    function test_positionsCountThroughRunsAndSelections() public {
        _record(BRAND, Stream.run(Act.ISSUE, 1, 10));
        bytes memory actions = bytes.concat(
            Stream.select(FIRST),
            Stream.run(Act.CONFIRM, 1, 4), // 0 to 3
            Stream.one(Act.CONFIRM, 4), // 4: is confirmed
            Stream.opening(Act.DESPATCH, 1, 9), // 5: order 9 is only issued
            Stream.select(FIRST),
            Stream.openingRun(Act.DESPATCH, 2, 3, 3), // 6 to 8: order 5 is only issued
            Stream.one(Act.ISSUE, 11), // 9: the supplier issues nothing
            Stream.one(Act.CONFIRM, 10) // 10
        );
        Refusal[] memory refusals = new Refusal[](4);
        refusals[0] = Refusal(4, _orderUnexpected(4, OrderIs.CONFIRMED, 1 << 1 | 1 << 2));
        refusals[1] = Refusal(5, _deliveryOrderUnexpected(9, OrderIs.ISSUED, SHIPPABLE));
        refusals[2] = Refusal(8, _deliveryOrderUnexpected(5, OrderIs.ISSUED, SHIPPABLE));
        refusals[3] = Refusal(9, _seatMissing(SUPPLIER, Act.ISSUE));
        _submitExpecting(_batch(SUPPLIER, actions), refusals);
        _assertDelivery(1, DeliveryIs.NONE, 0);
        _assertDelivery(2, DeliveryIs.DESPATCHED, 3);
        _assertDelivery(3, DeliveryIs.DESPATCHED, 4);
        _assertDelivery(4, DeliveryIs.NONE, 0);
        _assertOrder(10, OrderIs.CONFIRMED);
    }

    function test_secondActionSeesTheFirst() public {
        bytes memory actions = bytes.concat(
            Stream.select(FIRST),
            Stream.one(Act.ISSUE, 1),
            Stream.one(Act.WITHDRAW, 1),
            Stream.one(Act.REVISE, 1)
        );
        uint16 open = 1 << 1 | 1 << 2 | 1 << 3;
        _submitExpecting(_batch(BRAND, actions), 2, _orderUnexpected(1, OrderIs.CANCELLED, open));
    }

    function test_supplierCannotConfirmCancelledOrder() public {
        _record(BRAND, bytes.concat(Stream.one(Act.ISSUE, 1), Stream.one(Act.WITHDRAW, 1)));
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.one(Act.CONFIRM, 1));
        _submitExpecting(_batch(SUPPLIER, actions), 0, _orderUnexpected(1, OrderIs.CANCELLED, 1 << 1 | 1 << 2));
    }

    function test_deliveryDoesNotChangeItsOrder() public {
        _confirmOrders(1, 2);
        _record(SUPPLIER, Stream.opening(Act.ANNOUNCE, 1, 1));
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.opening(Act.DESPATCH, 1, 2));
        bytes memory problem = abi.encodeWithSelector(IOrderLedger.DeliveryOrderDiffers.selector, FIRST, 1, 1, 2);
        _submitExpecting(_batch(SUPPLIER, actions), 0, problem);
        _assertDelivery(1, DeliveryIs.ANNOUNCED, 1);
    }

    function test_deliveryIsNotOpenedTwice() public {
        _confirmOrders(1, 2);
        _record(SUPPLIER, Stream.opening(Act.ANNOUNCE, 1, 1));
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.opening(Act.ANNOUNCE, 1, 1));
        _submitExpecting(_batch(SUPPLIER, actions), 0, _deliveryUnexpected(1, DeliveryIs.ANNOUNCED, 1));
    }

    function test_deliveryThatDoesNotExistIsNotReceived() public {
        _confirmOrders(0, 1);
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.one(Act.RECEIVE, 1));
        _submitExpecting(_batch(BRAND, actions), 0, _deliveryUnexpected(1, DeliveryIs.NONE, 1 << 2));
    }

    function test_nothingIsDespatchedForCancelledOrder() public {
        _record(BRAND, bytes.concat(Stream.one(Act.ISSUE, 1), Stream.one(Act.WITHDRAW, 1)));
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.opening(Act.DESPATCH, 1, 1));
        bytes memory problem = _deliveryOrderUnexpected(1, OrderIs.CANCELLED, SHIPPABLE);
        _submitExpecting(_batch(SUPPLIER, actions), 0, problem);
    }

    function test_orderIsNeverWrittenByItsDelivery() public {
        _confirmOrders(1, 1);
        _record(SUPPLIER, Stream.opening(Act.DESPATCH, 1, 1));
        _assertOrder(1, OrderIs.CONFIRMED);
        bytes memory actions = bytes.concat(
            Stream.select(FIRST),
            Stream.one(Act.RECEIVE, 1),
            Stream.one(Act.FULFIL, 1),
            Stream.one(Act.PASS, 1)
        );
        _submitExpecting(_batch(BRAND, actions), new Refusal[](0));
        _assertOrder(1, OrderIs.FULFILLED);
        _assertDelivery(1, DeliveryIs.PASSED, 1);
    }

    function test_strangerActsNowhere() public {
        _record(BRAND, Stream.one(Act.ISSUE, 1));
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.one(Act.CONFIRM, 1));
        _submitExpecting(_batch(STRANGER, actions), 0, _seatMissing(STRANGER, Act.CONFIRM));
    }

    function test_actionsInUnknownAgreementAreRefused() public {
        bytes memory actions = bytes.concat(Stream.one(Act.ISSUE, 1), Stream.select(SECOND), Stream.one(Act.ISSUE, 1));
        Refusal[] memory refusals = new Refusal[](2);
        refusals[0] = Refusal(0, abi.encodeWithSelector(IOrderLedger.AgreementUnknown.selector, 0));
        refusals[1] = Refusal(1, abi.encodeWithSelector(IOrderLedger.AgreementUnknown.selector, SECOND));
        _submitExpecting(_batch(BRAND, actions), refusals);
    }

    function test_everyUnknownActionIsRefused() public {
        for (uint8 action = 1; action < 0x80; action++) {
            if (action <= 23 || (action >= 32 && action <= 46)) continue;
            bytes memory actions = bytes.concat(
                Stream.select(FIRST),
                Stream.run(action, 1, 2),
                Stream.one(action, 1),
                Stream.one(Act.ISSUE, action)
            );
            Refusal[] memory refusals = new Refusal[](3);
            bytes memory problem = abi.encodeWithSelector(IOrderLedger.LedgerActionUnknown.selector, action);
            for (uint256 i = 0; i < 3; i++) refusals[i] = Refusal(i, problem);
            _submitExpecting(_batch(BRAND, actions), refusals);
        }
    }

    function test_runOfActionZeroIsUnknown() public {
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.run(0, 1, 1));
        _submitExpecting(_batch(BRAND, actions), 0, abi.encodeWithSelector(IOrderLedger.LedgerActionUnknown.selector, 0));
    }

    // What the agreement's state allows

    function test_noOrderBeforeAllHaveSigned() public {
        _propose(SECOND, _allSeats());
        bytes memory actions = bytes.concat(Stream.select(SECOND), Stream.one(Act.ISSUE, 1));
        _submitExpecting(_batch(BRAND, actions), 0, _agreementUnexpected(SECOND, 1));
    }

    function test_noOrderInDeclinedOrEndedAgreement() public {
        _propose(SECOND, [BRAND, SUPPLIER, 0, 0, 0]);
        _agree(SUPPLIER, SECOND, AgreementAction.DECLINE);
        bytes memory actions = bytes.concat(Stream.select(SECOND), Stream.one(Act.ISSUE, 1));
        _submitExpecting(_batch(BRAND, actions), 0, _agreementUnexpected(SECOND, 6));
        uint64 third = SECOND + 1;
        _conclude(third, [BRAND, SUPPLIER, 0, 0, 0]);
        _recordIn(third, BRAND, Stream.one(Act.ISSUE, 1));
        _agree(BRAND, third, AgreementAction.PROPOSE_END);
        _recordIn(third, BRAND, Stream.one(Act.ISSUE, 2));
        _agree(SUPPLIER, third, AgreementAction.SIGN_END);
        actions = bytes.concat(Stream.select(third), Stream.one(Act.ISSUE, 3));
        _submitExpecting(_batch(BRAND, actions), 0, _agreementUnexpected(third, 5));
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
        bytes memory problem = abi.encodeWithSelector(IOrderLedger.AgreementNoticed.selector, FIRST, endsAt);
        for (uint256 late = 0; late < 2; late++) {
            vm.warp(endsAt + late);
            bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, 2));
            _submitExpecting(_batch(BRAND, actions), 0, problem);
        }
        _record(SUPPLIER, Stream.one(Act.CONFIRM, 1));
    }

    // Fuzz

    /// @dev Whatever bytes an organisation signs, its batch never reverts and never writes outside its agreements.
    function testFuzz_anyStreamIsRecordedAndTouchesNothingForeign(bytes calldata actions) public {
        _record(BRAND, Stream.run(Act.ISSUE, 1, 64));
        IOrderLedger.Batch memory batch = _batch(STRANGER, bytes.concat(Stream.select(FIRST), actions[:_min(actions.length, 40)]));
        // A long run of refusals costs gas in proportion; the first count byte keeps it short here.
        for (uint256 i = 9; i < batch.actions.length; i++) if (batch.actions[i] > 0x7f) batch.actions[i] &= 0x7f;
        bytes memory signature = _signed(batch);
        _send(batch, signature);
        for (uint32 number = 0; number < 66; number++) {
            _assertOrder(number, number >= 1 && number < 65 ? OrderIs.ISSUED : OrderIs.NONE);
        }
    }

    function testFuzz_runEqualsItsSingles(uint32 first, uint8 count) public {
        count = uint8(bound(count, 1, 80));
        first = uint32(bound(first, 0, type(uint32).max - 100));
        _conclude(SECOND, [BRAND, SUPPLIER, 0, 0, 0]);
        _recordIn(FIRST, BRAND, Stream.run(Act.ISSUE, first, count));
        bytes memory singles;
        for (uint32 i = 0; i < count; i++) singles = bytes.concat(singles, Stream.one(Act.ISSUE, first + i));
        _recordIn(SECOND, BRAND, singles);
        for (uint256 i = 0; i < uint256(count) + 2; i++) {
            uint32 number = uint32(uint256(first) + i);
            assertEq(ledger.orderState(FIRST, number), ledger.orderState(SECOND, number));
            assertEq(ledger.orderState(FIRST, number), i < count ? 1 : 0);
        }
    }

    function _orderUnexpected(uint32 number, uint8 current, uint16 allowed) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(IOrderLedger.OrderUnexpectedState.selector, FIRST, number, current, allowed);
    }

    function _deliveryUnexpected(uint32 number, uint8 current, uint16 allowed) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(IOrderLedger.DeliveryUnexpectedState.selector, FIRST, number, current, allowed);
    }

    function _deliveryOrderUnexpected(
        uint32 order,
        uint8 current,
        uint16 allowed
    ) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(IOrderLedger.DeliveryOrderUnexpectedState.selector, FIRST, order, current, allowed);
    }

    function _agreementUnexpected(uint64 agreement, uint8 current) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IOrderLedger.AgreementUnexpectedState.selector,
                agreement,
                current,
                IN_FORCE
            );
    }

    function _seatMissing(uint32 organisation, uint8 action) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IOrderLedger.LedgerSeatMissing.selector, FIRST, organisation, action);
    }

    function _min(uint256 left, uint256 right) private pure returns (uint256) {
        return left < right ? left : right;
    }
}
