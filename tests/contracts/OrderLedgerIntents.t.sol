// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {Authority, Permission} from "../../contracts/lib/Authority.sol";
import {Act, DeliveryIs, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";

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
        ledger.submitIntents(intents, _signatures(intents));
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
        ledger.submitIntents(intents, _signatures(intents));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 3);
        _assertRecorded(logs[0], intents[0]);
        Vm.Log[] memory second = new Vm.Log[](1);
        second[0] = logs[1];
        _assertOnlyRefusal(
            second,
            BRAND,
            ledger.digestOf(intents[1]),
            abi.encodeWithSelector(IOrderLedger.OrderUnexpectedState.selector, FIRST, 1, OrderIs.ISSUED, 1)
        );
        _assertRecorded(logs[2], intents[2]);
        assertTrue(ledger.isNonceUsed(BRAND, intents[1].nonce));
    }

    function test_eachRefusalOfAnIntentNamesItsError() public {
        _confirmOrders(1, 2);
        _record(SUPPLIER, Stream.opening(Act.ANNOUNCE, 1, 1));
        _expectRefused(
            _intent(STRANGER, Act.ISSUE, 9, 0),
            abi.encodeWithSelector(IOrderLedger.LedgerSeatMissing.selector, FIRST, STRANGER, Act.ISSUE)
        );
        _expectRefused(
            _intent(SUPPLIER, Act.DESPATCH, 1, 2),
            abi.encodeWithSelector(IOrderLedger.DeliveryOrderDiffers.selector, FIRST, 1, 1, 2)
        );
        _expectRefused(
            _intent(BRAND, Act.RECEIVE, 1, 0),
            abi.encodeWithSelector(IOrderLedger.DeliveryUnexpectedState.selector, FIRST, 1, 1, 1 << 2)
        );
        _expectRefused(
            _intent(SUPPLIER, Act.DESPATCH, 2, 3),
            abi.encodeWithSelector(
                IOrderLedger.DeliveryOrderUnexpectedState.selector,
                FIRST,
                3,
                0,
                1 << 4 | 1 << 5 | 1 << 6
            )
        );
        IOrderLedger.Intent memory elsewhere = _intent(BRAND, Act.ISSUE, 1, 0);
        elsewhere.agreement = SECOND;
        _expectRefused(elsewhere, abi.encodeWithSelector(IOrderLedger.AgreementUnknown.selector, SECOND));
    }

    function test_unknownActionsAreRefusedWhateverTheirUpperBit() public {
        uint8[7] memory unknown = [0, 24, 31, 47, 64, 0x81, 255];
        for (uint256 i = 0; i < unknown.length; i++) {
            _expectRefused(
                _intent(BRAND, unknown[i], 1, 0),
                abi.encodeWithSelector(IOrderLedger.LedgerActionUnknown.selector, unknown[i])
            );
        }
    }

    function test_expiredReplayedOrForgedIntentUsesNoNonce() public {
        IOrderLedger.Intent memory intent = _intent(BRAND, Act.ISSUE, 1, 0);
        bytes memory signature = _signature(BRAND, ledger.digestOf(intent));
        _send(intent, signature);
        _expectRefused(intent, abi.encodeWithSelector(Authority.IntentReplayed.selector, BRAND, intent.nonce));
        IOrderLedger.Intent memory forged = _intent(BRAND, Act.ISSUE, 2, 0);
        signature = _signature(SUPPLIER, ledger.digestOf(forged));
        _expectRefusedWith(
            forged,
            signature,
            abi.encodeWithSelector(
                Authority.IntentUnauthorised.selector,
                BRAND,
                _account(SUPPLIER),
                Permission.RECORD
            )
        );
        assertFalse(ledger.isNonceUsed(BRAND, forged.nonce));
        vm.warp(forged.deadline);
        _expectRefused(
            forged,
            abi.encodeWithSelector(Authority.IntentExpired.selector, forged.deadline, forged.deadline)
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

    function _signatures(IOrderLedger.Intent[] memory intents) private view returns (bytes[] memory signatures) {
        signatures = new bytes[](intents.length);
        for (uint256 i = 0; i < intents.length; i++) {
            signatures[i] = _signature(intents[i].organisation, ledger.digestOf(intents[i]));
        }
    }

    function _send(IOrderLedger.Intent memory intent, bytes memory signature) private {
        IOrderLedger.Intent[] memory intents = new IOrderLedger.Intent[](1);
        bytes[] memory signatures = new bytes[](1);
        (intents[0], signatures[0]) = (intent, signature);
        ledger.submitIntents(intents, signatures);
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
        assertEq(uint256(log.topics[3]), intent.agreement);
        assertEq(
            log.data,
            abi.encode(intent.action, intent.number, intent.order, intent.document, intent.manifest)
        );
    }
}
