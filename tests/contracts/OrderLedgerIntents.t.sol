// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {AgreementAction} from "../../contracts/lib/Lifecycle.sol";
import {Act, DeliveryIs, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";
import {Problem} from "./fixtures/Problems.sol";

/// @notice Individually signed actions of many signers in one transaction.
contract OrderLedgerIntentsTest is LedgerNetwork {
    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
    }

    function test_intentsOfManySignersTravelTogether() public {
        IOrderLedger.Intent[] memory intents = new IOrderLedger.Intent[](5);
        intents[0] = _intent(BRAND, Act.ISSUE, 1, 0);
        intents[1] = _intent(SUPPLIER, Act.CONFIRM, 1, 0);
        intents[2] = _intent(SUPPLIER, Act.DESPATCH, 1, 1);
        intents[3] = _intent(BRAND, Act.RECEIVE, 1, 0);
        intents[4] = _intent(INSPECTOR, Act.PASS, 1, 0);
        vm.recordLogs();
        ledger.submitIntents(intents, _signed(intents));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 5);
        for (uint256 i = 0; i < 5; i++) _assertRecorded(logs[i], intents[i]);
        _assertOrder(1, OrderIs.CONFIRMED);
        _assertDelivery(1, DeliveryIs.PASSED, 1);
    }

    function test_refusedIntentLeavesItsNeighboursAndUsesItsNonce() public {
        IOrderLedger.Intent[] memory intents = new IOrderLedger.Intent[](3);
        intents[0] = _intent(BRAND, Act.ISSUE, 1, 0);
        intents[1] = _intent(BRAND, Act.ISSUE, 1, 0);
        intents[2] = _intent(BRAND, Act.ISSUE, 2, 0);
        vm.recordLogs();
        ledger.submitIntents(intents, _signed(intents));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 3);
        _assertRecorded(logs[0], intents[0]);
        Vm.Log[] memory second = new Vm.Log[](1);
        second[0] = logs[1];
        _assertOnlyRefusal(
            second,
            BRAND,
            ledger.digestOf(intents[1]),
            Problem.orderState(FIRST, 1, OrderIs.ISSUED, 1)
        );
        _assertRecorded(logs[2], intents[2]);
        assertTrue(ledger.isNonceUsed(BRAND, intents[1].nonce));
    }

    function test_eachRefusalOfAnIntentNamesItsError() public {
        _confirmOrders(1, 2);
        _record(SUPPLIER, Stream.opening(Act.ANNOUNCE, 1, 1));
        _expectRefused(
            _intent(STRANGER, Act.ISSUE, 9, 0),
            Problem.seatMissing(FIRST, STRANGER, Act.ISSUE)
        );
        _expectRefused(
            _intent(SUPPLIER, Act.DESPATCH, 1, 2),
            Problem.otherOrder(FIRST, 1, 1, 2)
        );
        _expectRefused(
            _intent(BRAND, Act.RECEIVE, 1, 0),
            Problem.deliveryState(FIRST, 1, 1, 1 << 2)
        );
        _expectRefused(
            _intent(SUPPLIER, Act.DESPATCH, 2, 3),
            Problem.orderNotShippable(FIRST, 3, OrderIs.NONE)
        );
        IOrderLedger.Intent memory elsewhere = _intent(BRAND, Act.ISSUE, 1, 0);
        elsewhere.agreement = SECOND;
        _expectRefused(elsewhere, Problem.unknownAgreement(SECOND));
    }

    function test_unknownActionsAreRefusedWhateverTheirUpperBit() public {
        uint8[7] memory unknown = [0, 24, 31, 47, 64, 0x81, 255];
        for (uint256 i = 0; i < unknown.length; i++) {
            _expectRefused(
                _intent(BRAND, unknown[i], 1, 0),
                Problem.unknownAction(unknown[i])
            );
        }
    }

    function test_orderBesideAnActionThatOpensNothingIsUnexpected() public {
        _confirmOrders(1, 1);
        _record(SUPPLIER, Stream.opening(Act.DESPATCH, 1, 1));
        // With the right order as with a wrong one, for orders as for deliveries, and before the state is looked at.
        _expectRefused(_intent(BRAND, Act.RECEIVE, 1, 1), Problem.orderUnexpected(FIRST, 1, 1));
        _expectRefused(_intent(BRAND, Act.PASS, 1, 2), Problem.orderUnexpected(FIRST, 1, 2));
        _expectRefused(_intent(BRAND, Act.ISSUE, 2, 7), Problem.orderUnexpected(FIRST, 2, 7));
        _expectRefused(_intent(BRAND, Act.ISSUE, 1, 7), Problem.orderUnexpected(FIRST, 1, 7));
        _assertOrder(2, OrderIs.NONE);
        _assertDelivery(1, DeliveryIs.DESPATCHED, 1);
    }

    function test_unexpectedOrderIsNamedAfterActionAgreementSeatAndNotice() public {
        _expectRefused(_intent(BRAND, 99, 1, 7), Problem.unknownAction(99));
        _expectRefused(_intent(SUPPLIER, Act.ISSUE, 1, 7), Problem.seatMissing(FIRST, SUPPLIER, Act.ISSUE));
        IOrderLedger.Intent memory elsewhere = _intent(BRAND, Act.ISSUE, 1, 7);
        elsewhere.agreement = SECOND;
        _expectRefused(elsewhere, Problem.unknownAgreement(SECOND));
        _agree(BRAND, FIRST, AgreementAction.GIVE_NOTICE);
        vm.warp(START + 30 days);
        _expectRefused(_intent(BRAND, Act.ISSUE, 1, 7), Problem.noticed(FIRST, uint64(START + 30 days)));
    }

    function test_openingNamesOrderZeroToo() public {
        _confirmOrders(0, 1);
        IOrderLedger.Intent memory intent = _intent(SUPPLIER, Act.DESPATCH, 1, 0);
        _send(intent, _signed(intent));
        _assertDelivery(1, DeliveryIs.DESPATCHED, 0);
    }

    /// @dev Fields wider than their type are no other way to write an intent: the transaction is undone.
    function test_fieldsWiderThanTheirTypeRevert() public {
        IOrderLedger.Intent[] memory intents = new IOrderLedger.Intent[](1);
        intents[0] = _intent(BRAND, Act.ISSUE, 1, 0);
        bytes memory sound = abi.encodeCall(ledger.submitIntents, (intents, _signed(intents)));
        // Selector, two offsets, the length; then organisation, agreement, action, number, order, deadline.
        for (uint256 field = 0; field < 6; field++) {
            bytes memory call = bytes.concat(sound);
            call[4 + 96 + field * 32] = 0x01;
            (bool isDone, ) = address(ledger).call(call);
            assertFalse(isDone);
        }
        (bool isSound, ) = address(ledger).call(sound);
        assertTrue(isSound);
        _assertOrder(1, OrderIs.ISSUED);
    }

    function test_expiredReplayedOrForgedIntentUsesNoNonce() public {
        IOrderLedger.Intent memory intent = _intent(BRAND, Act.ISSUE, 1, 0);
        bytes memory signature = _signature(BRAND, ledger.digestOf(intent));
        _send(intent, signature);
        _expectRefused(intent, Problem.replayed(BRAND, intent.nonce));
        IOrderLedger.Intent memory forged = _intent(BRAND, Act.ISSUE, 2, 0);
        signature = _signature(SUPPLIER, ledger.digestOf(forged));
        _expectRefusedWith(
            forged,
            signature,
            Problem.unauthorised(BRAND, _account(SUPPLIER))
        );
        assertFalse(ledger.isNonceUsed(BRAND, forged.nonce));
        vm.warp(forged.deadline);
        _expectRefused(
            forged,
            Problem.expired(forged.deadline, forged.deadline)
        );
        assertFalse(ledger.isNonceUsed(BRAND, forged.nonce));
    }

    function test_intentIsSentByItsKeyWithoutSignature() public {
        IOrderLedger.Intent memory intent = _intent(BRAND, Act.ISSUE, 1, 0);
        vm.prank(_account(BRAND));
        _send(intent, "");
        _assertOrder(1, OrderIs.ISSUED);
    }

    function testFuzz_signatureCoversEveryField(uint8 field, uint32 change) public {
        _confirmOrders(1, 3);
        IOrderLedger.Intent memory intent = _intent(SUPPLIER, Act.DESPATCH, 1, 1);
        bytes memory signature = _signature(SUPPLIER, ledger.digestOf(intent));
        change = uint32(bound(change, 1, 1000));
        field = uint8(bound(field, 0, 8));
        if (field == 0) intent.organisation = BRAND;
        if (field == 1) intent.agreement += change;
        if (field == 2) intent.action = Act.ANNOUNCE;
        if (field == 3) intent.number += change;
        if (field == 4) intent.order += change;
        if (field == 5) intent.deadline += change;
        if (field == 6) intent.nonce += change;
        if (field == 7) intent.document = bytes32(uint256(change));
        if (field == 8) intent.manifest = bytes32(uint256(change));
        _send(intent, signature);
        assertFalse(ledger.isNonceUsed(intent.organisation, intent.nonce));
        _assertDelivery(1, DeliveryIs.NONE, 0);
        _assertDelivery(1 + change, DeliveryIs.NONE, 0);
    }

    function test_intentsAndSignaturesAreOfOneNumber() public {
        vm.expectRevert(abi.encodeWithSelector(IOrderLedger.LedgerBatchSizesDiffer.selector, 1, 0));
        ledger.submitIntents(new IOrderLedger.Intent[](1), new bytes[](0));
    }

    function _expectRefused(IOrderLedger.Intent memory intent, bytes memory problem) private {
        _expectRefusedWith(intent, _signature(intent.organisation, ledger.digestOf(intent)), problem);
    }

    function _expectRefusedWith(
        IOrderLedger.Intent memory intent,
        bytes memory signature,
        bytes memory problem
    ) private {
        bytes32 digest = ledger.digestOf(intent);
        vm.recordLogs();
        _send(intent, signature);
        _assertOnlyRefusal(vm.getRecordedLogs(), intent.organisation, digest, problem);
    }

    function _assertRecorded(Vm.Log memory log, IOrderLedger.Intent memory intent) private view {
        assertEq(log.topics[0], IOrderLedger.IntentRecorded.selector);
        assertEq(uint256(log.topics[1]), intent.organisation);
        assertEq(log.topics[2], ledger.digestOf(intent));
        assertEq(log.topics.length, 3);
        bytes memory step = abi.encodePacked(
            intent.agreement,
            intent.action,
            intent.number,
            intent.order
        );
        assertEq(log.data, bytes.concat(new bytes(32 - step.length), step, intent.document, intent.manifest));
    }
}
