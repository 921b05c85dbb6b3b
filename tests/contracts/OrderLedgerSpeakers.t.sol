// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {Permission} from "../../contracts/lib/Authority.sol";
import {AgreeableAccount} from "./fixtures/Accounts.sol";
import {Act, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";
import {Problem} from "./fixtures/Problems.sol";

/// @notice Many signers in one transaction: what the ledger remembers of one of them is no permission for the next.
contract OrderLedgerSpeakersTest is LedgerNetwork {
    uint256 private constant CLERK = uint256(keccak256("clerk"));
    uint256 private constant LAWYER = uint256(keccak256("lawyer"));
    uint32 private constant OTHERS = Permission.ALL & ~Permission.RECORD;

    /// @dev Who signs for whom: a private key, zero for the caller itself.
    struct Speaker {
        uint32 organisation;
        uint256 privateKey;
        bool mayRecord;
    }

    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
        // A stranger to the first agreement; it buys and the brand buys too, each in its own.
        _propose((uint64(STRANGER) << 32) | 1, [STRANGER, SUPPLIER, 0, 0, 0]);
        _sign(SUPPLIER, (uint64(STRANGER) << 32) | 1);
    }

    function test_oneKeyOfTwoOrganisationsMayInEachWhatThatOneGrants() public {
        address clerk = vm.addr(CLERK);
        _setKey(BRAND, clerk, Permission.RECORD, 0);
        _setKey(STRANGER, clerk, OTHERS, 0);
        _expectInTurn(Speaker(BRAND, CLERK, true), Speaker(STRANGER, CLERK, false));
        _expectInTurn(Speaker(STRANGER, CLERK, false), Speaker(BRAND, CLERK, true));
    }

    function test_keyOfOneOrganisationIsNoKeyOfTheNext() public {
        _expectInTurn(Speaker(BRAND, _privateKey(BRAND), true), Speaker(STRANGER, _privateKey(BRAND), false));
        _expectInTurn(Speaker(STRANGER, _privateKey(BRAND), false), Speaker(BRAND, _privateKey(BRAND), true));
    }

    function test_twoKeysOfOneOrganisationMayWhatEachWasGranted() public {
        _setKey(BRAND, vm.addr(CLERK), Permission.RECORD, 0);
        _setKey(BRAND, vm.addr(LAWYER), OTHERS, 0);
        _expectInTurn(Speaker(BRAND, CLERK, true), Speaker(BRAND, LAWYER, false));
        _expectInTurn(Speaker(BRAND, LAWYER, false), Speaker(BRAND, CLERK, true));
    }

    function test_relayThatCarriesSignaturesSpeaksForNobody() public {
        _expectInTurn(Speaker(BRAND, _privateKey(BRAND), true), Speaker(BRAND, 0, false));
        _expectInTurn(Speaker(BRAND, 0, false), Speaker(BRAND, _privateKey(BRAND), true));
        _expectInTurn(Speaker(STRANGER, 0, false), Speaker(BRAND, 0, false));
    }

    function test_memberThatRelaysSpeaksForItselfAlone() public {
        relay = _account(BRAND);
        _expectInTurn(Speaker(BRAND, 0, true), Speaker(STRANGER, 0, false));
        _expectInTurn(Speaker(STRANGER, _privateKey(STRANGER), true), Speaker(BRAND, 0, true));
    }

    function test_organisationThatIsNotAdmittedHasNoSpeaker() public {
        _expectInTurn(Speaker(BRAND, _privateKey(BRAND), true), Speaker(0, _privateKey(BRAND), false));
        _expectInTurn(Speaker(0, _privateKey(BRAND), false), Speaker(9, _privateKey(BRAND), false));
    }

    /// @dev Nothing is remembered yet, and that is the zero account of organisation zero.
    function test_zeroAccountSpeaksForNobody() public {
        IOrderLedger.Batch memory batch = _batch(0, "");
        bytes32 digest = ledger.digestOf(batch);
        vm.recordLogs();
        vm.prank(address(0));
        _send(batch, "");
        _assertOnlyRefusal(vm.getRecordedLogs(), 0, digest, Problem.invalid(0));
        assertFalse(ledger.isNonceUsed(0, batch.nonce));
    }

    /// @dev A contract account says yes to a signature for another organisation, as it may; it is still no key there.
    function test_contractAccountSpeaksOnlyWhereItIsAKey() public {
        AgreeableAccount account = new AgreeableAccount();
        _setKey(BRAND, address(account), Permission.RECORD, 0);
        bytes memory yes = abi.encodePacked(account, hex"00");
        IOrderLedger.Intent[] memory intents = new IOrderLedger.Intent[](3);
        for (uint32 i = 0; i < 3; i++) intents[i] = _issuing(i == 1 ? STRANGER : BRAND, i);
        bytes[] memory signatures = new bytes[](3);
        (signatures[0], signatures[1], signatures[2]) = (yes, yes, yes);
        ledger.submitIntents(intents, signatures);
        _assertIssued(intents[0], true);
        _assertIssued(intents[1], false);
        _assertIssued(intents[2], true);
    }

    /// @dev Random permissions of three keys in two organisations, then random speakers: each as if it came alone.
    function testFuzz_everyoneInTheQueueMayWhatItMayAlone(uint256 seed) public {
        uint256[3] memory keys = [CLERK, LAWYER, uint256(keccak256("driver"))];
        uint32[2] memory organisations = [BRAND, STRANGER];
        for (uint256 i = 0; i < 6; i++) {
            _setKey(organisations[i & 1], vm.addr(keys[i >> 1]), uint32((seed >> (4 * i)) & 15), 0);
        }
        Speaker[] memory speakers = new Speaker[](12);
        for (uint256 i = 0; i < 12; i++) {
            uint256 draw = uint256(keccak256(abi.encode(seed, i)));
            speakers[i].organisation = organisations[draw & 1];
            speakers[i].privateKey = keys[(draw >> 8) % 3];
            uint256 permissions = registry.permissionsOf(speakers[i].organisation, vm.addr(speakers[i].privateKey));
            speakers[i].mayRecord = permissions & Permission.RECORD != 0;
        }
        _expectAsIntents(speakers);
        _expectAsBatches(speakers);
    }

    // Memory that is used again

    /// @dev Long proofs and long refusals before, between and behind good intents: the good ones are recorded untouched.
    function test_longRefusalsLeaveNoTraceInTheMemoryOfTheNext() public {
        IOrderLedger.Intent[] memory intents = new IOrderLedger.Intent[](6);
        bytes[] memory signatures = new bytes[](6);
        for (uint32 i = 0; i < 6; i++) {
            intents[i] = _issuing(BRAND, i);
            signatures[i] = _signed(intents[i]);
        }
        bytes memory noise = new bytes(5_000);
        for (uint256 i = 0; i < noise.length; i++) noise[i] = 0xff;
        // An account that does not answer, one that does not know the question, and a number that is taken.
        signatures[0] = abi.encodePacked(_account(SUPPLIER), noise, hex"00");
        signatures[2] = abi.encodePacked(address(registry), noise, hex"00");
        intents[4].number = 1;
        signatures[4] = _signed(intents[4]);
        vm.recordLogs();
        ledger.submitIntents(intents, signatures);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 6);
        for (uint32 i = 0; i < 6; i++) {
            assertEq(logs[i].topics[2], ledger.digestOf(intents[i]));
            if (i % 2 == 0) {
                bytes memory problem = i == 4 ? Problem.orderState(FIRST, 1, OrderIs.ISSUED, 1) : Problem.invalid(BRAND);
                assertEq(logs[i].data, abi.encode(problem));
                continue;
            }
            bytes memory step = abi.encodePacked(bytes15(0), FIRST, Act.ISSUE, i, uint32(0));
            assertEq(logs[i].data, abi.encodePacked(step, intents[i].document, intents[i].manifest));
            _assertIssued(intents[i], true);
        }
        assertFalse(ledger.isNonceUsed(BRAND, intents[0].nonce));
        assertTrue(ledger.isNonceUsed(BRAND, intents[4].nonce));
    }

    /// @dev What one intent wrote into memory is given back: the hundredth is not dearer than the second.
    function test_intentsPayNothingForTheMemoryOfThoseBefore() public {
        address account = address(new AgreeableAccount());
        _setKey(BRAND, account, Permission.RECORD, 0);
        bytes memory proof = abi.encodePacked(account, new bytes(2_000), hex"00");
        assertLt(_gasOfIntents(100, proof), 11 * _gasOfIntents(10, proof));
    }

    function _gasOfIntents(uint256 count, bytes memory proof) private returns (uint256 gas) {
        IOrderLedger.Intent[] memory intents = new IOrderLedger.Intent[](count);
        bytes[] memory signatures = new bytes[](count);
        for (uint32 i = 0; i < count; i++) (intents[i], signatures[i]) = (_issuing(BRAND, i), proof);
        bytes memory call = abi.encodeCall(ledger.submitIntents, (intents, signatures));
        // The test's own memory grows here, and not while the ledger is measured.
        (bool isDone, ) = address(0).call(call);
        uint256 snapshot = vm.snapshotState();
        gas = gasleft();
        (isDone, ) = address(ledger).call(call);
        gas -= gasleft();
        assertTrue(isDone);
        vm.revertToState(snapshot);
    }

    function _expectInTurn(Speaker memory one, Speaker memory other) private {
        Speaker[] memory speakers = new Speaker[](6);
        for (uint256 i = 0; i < 6; i++) speakers[i] = i & 1 == 0 ? one : other;
        // Twice the same speaker in a row as well.
        (speakers[4], speakers[5]) = (other, one);
        _expectAsIntents(speakers);
        _expectAsBatches(speakers);
    }

    function _expectAsIntents(Speaker[] memory speakers) private {
        uint256 snapshot = vm.snapshotState();
        IOrderLedger.Intent[] memory intents = new IOrderLedger.Intent[](speakers.length);
        bytes[] memory signatures = new bytes[](speakers.length);
        for (uint32 i = 0; i < speakers.length; i++) {
            intents[i] = _issuing(speakers[i].organisation, i);
            signatures[i] = _by(speakers[i], ledger.digestOf(intents[i]));
        }
        vm.prank(relay);
        ledger.submitIntents(intents, signatures);
        for (uint256 i = 0; i < speakers.length; i++) _assertIssued(intents[i], speakers[i].mayRecord);
        vm.revertToState(snapshot);
    }

    function _expectAsBatches(Speaker[] memory speakers) private {
        uint256 snapshot = vm.snapshotState();
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](speakers.length);
        bytes[] memory signatures = new bytes[](speakers.length);
        for (uint32 i = 0; i < speakers.length; i++) {
            bytes memory select = Stream.select(_agreementOf(speakers[i].organisation));
            batches[i] = _batch(speakers[i].organisation, bytes.concat(select, Stream.one(Act.ISSUE, i)));
            signatures[i] = _by(speakers[i], ledger.digestOf(batches[i]));
        }
        vm.prank(relay);
        ledger.submit(batches, signatures);
        for (uint32 i = 0; i < speakers.length; i++) {
            assertEq(ledger.isNonceUsed(speakers[i].organisation, batches[i].nonce), speakers[i].mayRecord);
            uint8 state = ledger.orderState(_agreementOf(speakers[i].organisation), i);
            assertEq(state, speakers[i].mayRecord ? OrderIs.ISSUED : OrderIs.NONE);
        }
        vm.revertToState(snapshot);
    }

    function _issuing(uint32 organisation, uint32 number) private returns (IOrderLedger.Intent memory intent) {
        intent = _intent(organisation, Act.ISSUE, number, 0);
        intent.agreement = _agreementOf(organisation);
    }

    /// @dev The agreement in which an organisation buys; the brand's for those that buy nowhere.
    function _agreementOf(uint32 organisation) private pure returns (uint64) {
        return organisation == STRANGER ? (uint64(STRANGER) << 32) | 1 : FIRST;
    }

    function _by(Speaker memory speaker, bytes32 digest) private pure returns (bytes memory) {
        return speaker.privateKey == 0 ? bytes("") : _signatureOf(speaker.privateKey, digest);
    }

    function _assertIssued(IOrderLedger.Intent memory intent, bool isIssued) private view {
        uint8 state = ledger.orderState(intent.agreement, intent.number);
        assertEq(state, isIssued ? OrderIs.ISSUED : OrderIs.NONE, "the order");
        assertEq(ledger.isNonceUsed(intent.organisation, intent.nonce), isIssued, "the nonce");
    }
}
