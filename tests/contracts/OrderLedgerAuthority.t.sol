// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {Authority, Permission} from "../../contracts/lib/Authority.sol";
import {Act, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";
import {Problem} from "./fixtures/Problems.sol";

/// @notice Batches that are refused as a whole, and who may speak for an organisation by an account's key.
contract OrderLedgerAuthorityTest is LedgerNetwork {
    address private constant KEY = address(0xbeef);

    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
    }

    // Time and nonces

    function test_batchIsRefusedFromItsDeadlineOn() public {
        for (uint256 late = 0; late < 2; late++) {
            IOrderLedger.Batch memory batch = _issuing(1);
            bytes memory signature = _signed(batch);
            vm.warp(batch.deadline + late);
            bytes memory problem = Problem.expired(batch.deadline, block.timestamp);
            _expectBatchRefused(batch, signature, problem);
        }
        IOrderLedger.Batch memory last = _issuing(1);
        vm.warp(last.deadline - 1);
        _submitExpecting(last, new Refusal[](0));
        _assertOrder(1, OrderIs.ISSUED);
    }

    function test_batchIsNotReplayed() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        _submitExpecting(batch, new Refusal[](0));
        _expectBatchRefused(batch, _signed(batch), Problem.replayed(BRAND, batch.nonce));
    }

    function test_usedNonceRefusesAnotherBatch() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        _submitExpecting(batch, new Refusal[](0));
        IOrderLedger.Batch memory other = _issuing(2);
        other.nonce = batch.nonce;
        _expectBatchRefused(other, _signed(other), Problem.replayed(BRAND, other.nonce));
        _assertOrder(2, OrderIs.NONE);
    }

    function test_nonceIsSharedByBatchesIntentsAndSteps() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        _submitExpecting(batch, new Refusal[](0));
        IOrderLedger.AgreementStep memory step = _stepOf(BRAND, FIRST, 6, 0);
        step.nonce = batch.nonce;
        bytes memory signature = _signature(BRAND, ledger.digestOf(step));
        vm.expectRevert(Problem.replayed(BRAND, batch.nonce));
        ledger.agree(step, signature);
    }

    function testFuzz_noncesAreUsedOnceInAnyOrder(uint256[8] memory nonces) public {
        for (uint32 i = 0; i < 8; i++) {
            if (i % 2 == 1) nonces[i] = nonces[i - 1] ^ 1;
            bool wasUsed = ledger.isNonceUsed(BRAND, nonces[i]);
            IOrderLedger.Batch memory batch = _issuing(i);
            batch.nonce = nonces[i];
            _send(batch, _signed(batch));
            _assertOrder(i, wasUsed ? OrderIs.NONE : OrderIs.ISSUED);
            assertTrue(ledger.isNonceUsed(BRAND, nonces[i]));
            assertFalse(ledger.isNonceUsed(STRANGER, nonces[i]));
        }
    }

    function testFuzz_usingANonceLeavesItsNeighboursFree(uint256 nonce, uint256 other) public {
        vm.assume(nonce != other && !ledger.isNonceUsed(BRAND, other) && !ledger.isNonceUsed(BRAND, nonce));
        IOrderLedger.Batch memory batch = _issuing(1);
        batch.nonce = nonce;
        _submitExpecting(batch, new Refusal[](0));
        assertFalse(ledger.isNonceUsed(BRAND, other));
        assertFalse(ledger.isNonceUsed(BRAND, nonce ^ 1) && nonce ^ 1 > 10);
    }

    // Keys

    function test_keyOfAnotherOrganisationIsUnauthorised() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        bytes memory signature = _signature(SUPPLIER, ledger.digestOf(batch));
        _expectBatchRefused(batch, signature, Problem.unauthorised(BRAND, _account(SUPPLIER)));
        _assertOrder(1, OrderIs.NONE);
    }

    function test_keyWithoutThePermissionIsUnauthorised() public {
        _setKey(BRAND, _account(STRANGER), Permission.ALL & ~Permission.RECORD, 0);
        IOrderLedger.Batch memory batch = _issuing(1);
        bytes memory signature = _signature(STRANGER, ledger.digestOf(batch));
        _expectBatchRefused(batch, signature, Problem.unauthorised(BRAND, _account(STRANGER)));
        _setKey(BRAND, _account(STRANGER), Permission.RECORD, 0);
        _send(batch, signature);
        _assertOrder(1, OrderIs.ISSUED);
    }

    function test_agreementsNeedTheirOwnPermission() public {
        _setKey(BRAND, _account(STRANGER), Permission.ALL & ~Permission.AGREE, 0);
        IOrderLedger.AgreementStep memory step = _stepOf(BRAND, FIRST, 6, 0);
        bytes memory signature = _signature(STRANGER, ledger.digestOf(step));
        vm.expectRevert(
            abi.encodeWithSelector(
                Authority.IntentUnauthorised.selector,
                BRAND,
                _account(STRANGER),
                Permission.AGREE
            )
        );
        ledger.agree(step, signature);
    }

    function test_keyRevokedInThisBlockIsUnauthorised() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        bytes memory signature = _signed(batch);
        _setKey(BRAND, _account(BRAND), 0, 0);
        _expectBatchRefused(batch, signature, Problem.unauthorised(BRAND, _account(BRAND)));
    }

    function test_expiredKeyIsUnauthorised() public {
        _setKey(BRAND, _account(STRANGER), Permission.RECORD, uint64(START + 10));
        IOrderLedger.Batch memory batch = _issuing(1);
        bytes memory signature = _signature(STRANGER, ledger.digestOf(batch));
        vm.warp(START + 10);
        _expectBatchRefused(batch, signature, Problem.unauthorised(BRAND, _account(STRANGER)));
        vm.warp(START + 9);
        _send(batch, signature);
        _assertOrder(1, OrderIs.ISSUED);
    }

    function test_suspendedOrganisationIsUnauthorised() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        bytes memory signature = _signed(batch);
        _setSuspended(BRAND, true);
        _expectBatchRefused(batch, signature, Problem.unauthorised(BRAND, _account(BRAND)));
        _setSuspended(BRAND, false);
        _send(batch, signature);
        _assertOrder(1, OrderIs.ISSUED);
    }

    // Signatures

    function test_signatureWithHighSIsInvalid() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_privateKey(BRAND), ledger.digestOf(batch));
        bytes memory mirrored = abi.encodePacked(r, CURVE_ORDER - uint256(s), v == 27 ? uint8(28) : uint8(27));
        _expectBatchRefused(batch, mirrored, Problem.invalid(BRAND));
    }

    function test_signatureWithOtherVIsAnotherKeys() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        bytes32 digest = ledger.digestOf(batch);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_privateKey(BRAND), digest);
        uint8 other = v == 27 ? 28 : 27;
        address stranger = ecrecover(digest, other, r, s);
        _expectBatchRefused(batch, abi.encodePacked(r, s, other), Problem.unauthorised(BRAND, stranger));
    }

    function test_signatureWithImpossibleVIsInvalid() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_privateKey(BRAND), ledger.digestOf(batch));
        _expectBatchRefused(batch, abi.encodePacked(r, s, v - 27), Problem.invalid(BRAND));
        _expectBatchRefused(batch, abi.encodePacked(r, s, uint8(255)), Problem.invalid(BRAND));
        _expectBatchRefused(batch, new bytes(65), Problem.invalid(BRAND));
    }

    function test_shortFormOfSignatureIsInvalid() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(_privateKey(BRAND), ledger.digestOf(batch));
        bytes32 vs = bytes32(uint256(s) | (uint256(v - 27) << 255));
        _expectBatchRefused(batch, abi.encodePacked(r, vs), Problem.invalid(BRAND));
    }

    /// @dev Whether cut or grown: neither an account's key nor a contract account wrote it.
    function test_signatureOfAnyOtherLengthIsInvalid() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        bytes memory whole = bytes.concat(_signed(batch), hex"00");
        for (uint256 length = 1; length <= 66; length++) {
            if (length == 65) continue;
            bytes memory part = new bytes(length);
            for (uint256 i = 0; i < length; i++) part[i] = whole[i];
            _expectBatchRefused(batch, part, Problem.invalid(BRAND));
        }
    }

    function testFuzz_signatureWithAnyOtherLastByteIsInvalid(bytes calldata head, uint8 last) public {
        // A byte of zero makes the first twenty an account's address, which has no code here.
        vm.assume(head.length != 64 || (last != 27 && last != 28));
        IOrderLedger.Batch memory batch = _issuing(1);
        _expectBatchRefused(batch, abi.encodePacked(head, last), Problem.invalid(BRAND));
    }

    function test_signatureForAnotherChainIsAnotherKeys() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        bytes memory signature = _signed(batch);
        vm.chainId(424242);
        _send(batch, signature);
        _assertOrder(1, OrderIs.NONE);
        assertFalse(ledger.isNonceUsed(BRAND, batch.nonce));
    }

    function test_signatureForAnotherContractIsAnotherKeys() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        bytes memory signature = _signed(batch);
        IOrderLedger other = IOrderLedger(_deploy("OrderLedger.sol:OrderLedger", abi.encode(registry)));
        assertNotEq(other.digestOf(batch), ledger.digestOf(batch));
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](1);
        bytes[] memory signatures = new bytes[](1);
        (batches[0], signatures[0]) = (batch, signature);
        other.submit(batches, signatures);
        assertFalse(other.isNonceUsed(BRAND, batch.nonce));
    }

    function testFuzz_signatureCoversEveryField(uint8 field, uint256 change) public {
        IOrderLedger.Batch memory batch = _issuing(1);
        bytes memory signature = _signed(batch);
        change = bound(change, 1, 1000);
        field = uint8(bound(field, 0, 5));
        if (field == 0) batch.organisation = SUPPLIER;
        if (field == 1) batch.deadline += uint64(change);
        if (field == 2) batch.nonce += change;
        if (field == 3) batch.documentsRoot = bytes32(change);
        if (field == 4) batch.manifest = bytes32(change);
        if (field == 5) batch.actions = bytes.concat(batch.actions, Stream.one(Act.ISSUE, uint32(change)));
        _send(batch, signature);
        _assertOrder(1, OrderIs.NONE);
        assertFalse(ledger.isNonceUsed(batch.organisation, batch.nonce));
    }

    // Direct calls

    function test_organisationsKeyNeedsNoSignature() public {
        vm.prank(_account(BRAND));
        _send(_issuing(1), "");
        _assertOrder(1, OrderIs.ISSUED);
    }

    function test_strangerCallingDirectlyIsUnauthorised() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        bytes32 digest = ledger.digestOf(batch);
        vm.recordLogs();
        vm.prank(relay);
        _send(batch, "");
        _assertOnlyRefusal(vm.getRecordedLogs(), BRAND, digest, Problem.unauthorised(BRAND, relay));
    }

    function test_directCallsObeyDeadlineAndNonce() public {
        IOrderLedger.Batch memory batch = _issuing(1);
        vm.startPrank(_account(BRAND));
        _send(batch, "");
        _expectBatchRefused(batch, "", Problem.replayed(BRAND, batch.nonce));
        IOrderLedger.Batch memory late = _issuing(2);
        vm.warp(late.deadline);
        bytes memory problem = Problem.expired(late.deadline, late.deadline);
        _expectBatchRefused(late, "", problem);
    }

    // Many batches

    function test_refusedBatchLeavesItsNeighbours() public {
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](3);
        bytes[] memory signatures = new bytes[](3);
        for (uint32 i = 0; i < 3; i++) {
            batches[i] = _issuing(i);
            signatures[i] = _signed(batches[i]);
        }
        signatures[1] = hex"1234";
        ledger.submit(batches, signatures);
        _assertOrder(0, OrderIs.ISSUED);
        _assertOrder(1, OrderIs.NONE);
        _assertOrder(2, OrderIs.ISSUED);
    }

    function test_batchesAndSignaturesAreOfOneNumber() public {
        vm.expectRevert(abi.encodeWithSelector(IOrderLedger.LedgerBatchSizesDiffer.selector, 2, 1));
        ledger.submit(new IOrderLedger.Batch[](2), new bytes[](1));
        vm.expectRevert(abi.encodeWithSelector(IOrderLedger.LedgerBatchSizesDiffer.selector, 0, 1));
        ledger.submit(new IOrderLedger.Batch[](0), new bytes[](1));
    }

    function _issuing(uint32 number) private returns (IOrderLedger.Batch memory) {
        return _batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, number)));
    }
}
