// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {AgreementAction} from "../../contracts/lib/Lifecycle.sol";
import {Act, DeliveryIs, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";
import {Problem} from "./fixtures/Problems.sol";

/// @notice Which actions of a batch are refused while the neighbours stand, and how the refusals are told.
contract OrderLedgerRefusalsTest is LedgerNetwork {
    uint16 private constant IN_FORCE = 1 << 2 | 1 << 3 | 1 << 4;

    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
    }

    // Refusals in the midst

    function test_neighboursOfRefusedActionStand() public {
        _record(BRAND, Stream.one(Act.ISSUE, 3));
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.run(Act.ISSUE, 1, 5));
        _submitExpecting(_batch(BRAND, actions), 2, Problem.orderState(FIRST, 3, OrderIs.ISSUED, 1));
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
        refusals[0] = Refusal(4, 1, Problem.orderState(FIRST, 4, OrderIs.CONFIRMED, 1 << 1 | 1 << 2));
        refusals[1] = Refusal(5, 1, Problem.orderNotShippable(FIRST, 9, OrderIs.ISSUED));
        refusals[2] = Refusal(8, 1, Problem.orderNotShippable(FIRST, 5, OrderIs.ISSUED));
        refusals[3] = Refusal(9, 1, Problem.seatMissing(FIRST, SUPPLIER, Act.ISSUE));
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
        _submitExpecting(_batch(BRAND, actions), 2, Problem.orderState(FIRST, 1, OrderIs.CANCELLED, open));
    }

    function test_supplierCannotConfirmCancelledOrder() public {
        _record(BRAND, bytes.concat(Stream.one(Act.ISSUE, 1), Stream.one(Act.WITHDRAW, 1)));
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.one(Act.CONFIRM, 1));
        _submitExpecting(_batch(SUPPLIER, actions), 0, Problem.orderState(FIRST, 1, OrderIs.CANCELLED, 1 << 1 | 1 << 2));
    }

    function test_deliveryDoesNotChangeItsOrder() public {
        _confirmOrders(1, 2);
        _record(SUPPLIER, Stream.opening(Act.ANNOUNCE, 1, 1));
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.opening(Act.DESPATCH, 1, 2));
        bytes memory problem = Problem.otherOrder(FIRST, 1, 1, 2);
        _submitExpecting(_batch(SUPPLIER, actions), 0, problem);
        _assertDelivery(1, DeliveryIs.ANNOUNCED, 1);
    }

    function test_deliveryIsNotOpenedTwice() public {
        _confirmOrders(1, 2);
        _record(SUPPLIER, Stream.opening(Act.ANNOUNCE, 1, 1));
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.opening(Act.ANNOUNCE, 1, 1));
        _submitExpecting(_batch(SUPPLIER, actions), 0, Problem.deliveryState(FIRST, 1, DeliveryIs.ANNOUNCED, 1));
    }

    function test_deliveryThatDoesNotExistIsNotReceived() public {
        _confirmOrders(0, 1);
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.one(Act.RECEIVE, 1));
        _submitExpecting(_batch(BRAND, actions), 0, Problem.deliveryState(FIRST, 1, DeliveryIs.NONE, 1 << 2));
    }

    function test_nothingIsDespatchedForCancelledOrder() public {
        _record(BRAND, bytes.concat(Stream.one(Act.ISSUE, 1), Stream.one(Act.WITHDRAW, 1)));
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.opening(Act.DESPATCH, 1, 1));
        bytes memory problem = Problem.orderNotShippable(FIRST, 1, OrderIs.CANCELLED);
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
        _submitExpecting(_batch(STRANGER, actions), 0, Problem.seatMissing(FIRST, STRANGER, Act.CONFIRM));
    }

    function test_actionsInUnknownAgreementAreRefused() public {
        bytes memory actions = bytes.concat(Stream.one(Act.ISSUE, 1), Stream.select(SECOND), Stream.one(Act.ISSUE, 1));
        Refusal[] memory refusals = new Refusal[](2);
        refusals[0] = Refusal(0, 1, Problem.unknownAgreement(0));
        refusals[1] = Refusal(1, 1, Problem.unknownAgreement(SECOND));
        _submitExpecting(_batch(BRAND, actions), refusals);
    }

    function test_everyUnknownActionIsRefused() public {
        for (uint8 action = 1; action < 0x80; action++) {
            if (action <= 23 || (action >= 32 && action <= 46)) continue;
            bytes memory actions = bytes.concat(
                Stream.select(FIRST),
                Stream.run(action, 1, 200), // 0 to 199
                Stream.spelled(action, 1, 3), // 200 to 202
                Stream.one(Act.ISSUE, action)
            );
            Refusal[] memory refusals = new Refusal[](2);
            refusals[0] = Refusal(0, 200, Problem.unknownAction(action));
            refusals[1] = Refusal(200, 3, Problem.unknownAction(action));
            _submitExpecting(_batch(BRAND, actions), refusals);
            _assertOrder(action, OrderIs.ISSUED);
        }
    }

    function test_runOfActionZeroIsUnknown() public {
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.run(0, 1, 1));
        _submitExpecting(_batch(BRAND, actions), 0, Problem.unknownAction(0));
    }

    // Neighbours that share their refusal

    function test_neighboursOfARunInTheSameStateShareTheirRefusal() public {
        _record(BRAND, Stream.run(Act.ISSUE, 3, 4)); // 3 to 6
        _record(SUPPLIER, Stream.run(Act.CONFIRM, 6, 1));
        Refusal[] memory refusals = new Refusal[](2);
        refusals[0] = Refusal(2, 3, Problem.orderState(FIRST, 3, OrderIs.ISSUED, 1));
        refusals[1] = Refusal(5, 1, Problem.orderState(FIRST, 6, OrderIs.CONFIRMED, 1));
        _submitExpecting(_batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.run(Act.ISSUE, 1, 8))), refusals);
        for (uint32 number = 1; number < 9; number++) {
            _assertOrder(number, number == 6 ? OrderIs.CONFIRMED : OrderIs.ISSUED);
        }
    }

    function test_sharedRefusalsEndWithTheirSlot() public {
        _record(BRAND, Stream.run(Act.ISSUE, 50, 100)); // to 149: slots end at 63 and 127
        Refusal[] memory refusals = new Refusal[](3);
        refusals[0] = Refusal(0, 14, Problem.orderState(FIRST, 50, OrderIs.ISSUED, 1));
        refusals[1] = Refusal(14, 64, Problem.orderState(FIRST, 64, OrderIs.ISSUED, 1));
        refusals[2] = Refusal(78, 22, Problem.orderState(FIRST, 128, OrderIs.ISSUED, 1));
        _submitExpecting(_batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.run(Act.ISSUE, 50, 102))), refusals);
        _assertOrder(151, OrderIs.ISSUED);
        _assertOrder(152, OrderIs.NONE);
    }

    function test_refusalsOfAListAreToldOneByOne() public {
        _record(BRAND, Stream.run(Act.ISSUE, 1, 3));
        Refusal[] memory refusals = new Refusal[](3);
        for (uint32 i = 0; i < 3; i++) refusals[i] = Refusal(i, 1, Problem.orderState(FIRST, i + 1, OrderIs.ISSUED, 1));
        _submitExpecting(_batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.spelled(Act.ISSUE, 1, 4))), refusals);
        _assertOrder(4, OrderIs.ISSUED);
    }

    function test_refusalsOfDeliveriesAreToldOneByOne() public {
        _confirmOrders(1, 3);
        _record(SUPPLIER, Stream.openingRun(Act.DESPATCH, 1, 3, 1));
        Refusal[] memory refusals = new Refusal[](3);
        for (uint32 i = 0; i < 3; i++) {
            refusals[i] = Refusal(i, 1, Problem.deliveryState(FIRST, i + 1, DeliveryIs.DESPATCHED, 3));
        }
        bytes memory actions = bytes.concat(Stream.select(FIRST), Stream.openingRun(Act.DESPATCH, 1, 3, 1));
        _submitExpecting(_batch(SUPPLIER, actions), refusals);
    }

    // Whole records

    function test_recordWithoutItsSeatIsOneRefusal() public {
        _record(BRAND, Stream.run(Act.ISSUE, 1, 5));
        bytes memory actions = bytes.concat(
            Stream.select(FIRST),
            Stream.run(Act.REJECT, 1, 2_048), // 0 to 2,047, whatever stands there
            Stream.spelled(Act.REJECT, 1, 3), // 2,048 to 2,050
            Stream.openingRun(Act.DESPATCH, 1, 100, 1), // 2,051 to 2,150
            Stream.one(Act.REVISE, 1)
        );
        Refusal[] memory refusals = new Refusal[](3);
        refusals[0] = Refusal(0, 2_048, Problem.seatMissing(FIRST, BRAND, Act.REJECT));
        refusals[1] = Refusal(2_048, 3, Problem.seatMissing(FIRST, BRAND, Act.REJECT));
        refusals[2] = Refusal(2_051, 100, Problem.seatMissing(FIRST, BRAND, Act.DESPATCH));
        _submitExpecting(_batch(BRAND, actions), refusals);
    }

    function test_recordInUnknownAgreementIsOneRefusal() public {
        bytes memory actions = bytes.concat(
            Stream.run(Act.ISSUE, 1, 9),
            Stream.select(SECOND),
            Stream.spelled(Act.ISSUE, 1, 2),
            Stream.run(99, 1, 2) // an unknown action is named before an unknown agreement
        );
        Refusal[] memory refusals = new Refusal[](3);
        refusals[0] = Refusal(0, 9, Problem.unknownAgreement(0));
        refusals[1] = Refusal(9, 2, Problem.unknownAgreement(SECOND));
        refusals[2] = Refusal(11, 2, Problem.unknownAction(99));
        _submitExpecting(_batch(BRAND, actions), refusals);
    }

    /// @dev Judged before any state: the numbers that are taken anyway are not told apart.
    function test_issueRecordInAClosedAgreementIsOneRefusal() public {
        _record(BRAND, Stream.run(Act.ISSUE, 1, 2));
        _agree(SUPPLIER, FIRST, AgreementAction.GIVE_NOTICE);
        vm.warp(START + 30 days);
        bytes memory actions = bytes.concat(
            Stream.select(FIRST),
            Stream.run(Act.ISSUE, 1, 70),
            Stream.spelled(Act.ISSUE, 1, 4),
            Stream.run(Act.REVISE, 1, 2) // old orders run on
        );
        Refusal[] memory refusals = new Refusal[](2);
        refusals[0] = Refusal(0, 70, Problem.noticed(FIRST, uint64(START + 30 days)));
        refusals[1] = Refusal(70, 4, Problem.noticed(FIRST, uint64(START + 30 days)));
        _submitExpecting(_batch(BRAND, actions), refusals);
    }

    function test_issueRecordInAProposedAgreementIsOneRefusal() public {
        _propose(SECOND, [BRAND, SUPPLIER, 0, 0, 0]);
        bytes memory actions = bytes.concat(Stream.select(SECOND), Stream.run(Act.ISSUE, 1, 70));
        _submitExpecting(_batch(BRAND, actions), 0, 70, Problem.agreementState(SECOND, 1, IN_FORCE));
    }

    function test_missingSeatIsNamedBeforeAClosedAgreement() public {
        _propose(SECOND, [BRAND, SUPPLIER, 0, 0, 0]);
        bytes memory actions = bytes.concat(Stream.select(SECOND), Stream.run(Act.ISSUE, 1, 70));
        _submitExpecting(_batch(SUPPLIER, actions), 0, 70, Problem.seatMissing(SECOND, SUPPLIER, Act.ISSUE));
    }
}
