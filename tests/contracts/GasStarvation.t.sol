// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {Authority, Permission} from "../../contracts/lib/Authority.sol";
import {SlowAccount} from "../../contracts/mocks/Accounts.sol";
import {ExactingAccount} from "./fixtures/Accounts.sol";
import {Act, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";

/// @notice A relay chooses the gas limit of what it carries. Whatever it chooses, the transaction is undone as a whole or
/// does all that it would do with plenty: no limit turns what would be recorded into a refusal.
contract GasStarvationTest is LedgerNetwork {
    uint256 private constant PLENTY = 3_000_000;
    address private exacting;
    address private slow;
    /// @dev An account of a key that has delegated its code (EIP-7702): it takes two cold accesses to ask it.
    address private delegated = makeAddr("delegated");

    /// @dev The accounts come into being here and not in the tests, to which they would be warm.
    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
        exacting = address(new ExactingAccount());
        slow = address(new SlowAccount());
        vm.etch(delegated, abi.encodePacked(hex"ef0100", exacting));
        _setKey(BRAND, exacting, Permission.ALL, 0);
        _setKey(BRAND, slow, Permission.ALL, 0);
        _setKey(BRAND, delegated, Permission.ALL, 0);
    }

    function test_batchesOfAccountsKeys() public {
        _assertAllOrNothing(_batches(""), 0, 200_000, 499);
    }

    function test_batchesOfAContractAccount() public {
        _assertAllOrNothing(_batches(_by(exacting, 0)), 0, 500_000, 997);
    }

    function test_batchesOfAContractAccountWithALongProof() public {
        _assertAllOrNothing(_batches(_by(exacting, 30_000)), 0, 600_000, 2_003);
    }

    function test_batchesOfASlowAccount() public {
        _assertAllOrNothing(_batches(_by(slow, 0)), 0, 700_000, 3_001);
    }

    function test_batchesOfADelegatedAccount() public {
        _assertAllOrNothing(_batches(_by(delegated, 0)), 0, 500_000, 997);
    }

    function test_intentsOfManySigners() public {
        _assertAllOrNothing(_intents(), 0, 700_000, 1_733);
    }

    /// @dev Limit by limit around the question: there the account's share is what is left over.
    function test_everyLimitAroundTheQuestion() public {
        _assertAllOrNothingAroundTheLeast(_batch(_by(exacting, 0)));
    }

    function test_everyLimitAroundTheQuestionToADelegatedAccount() public {
        _assertAllOrNothingAroundTheLeast(_batch(_by(delegated, 0)));
    }

    function test_everyLimitAroundALongQuestion() public {
        _assertAllOrNothingAroundTheLeast(_batch(_by(delegated, 30_000)));
    }

    function test_starvedQuestionSaysWhatItNeeds() public {
        (bool isDone, bytes memory answer) = _send(_batch(_by(exacting, 0)), 100_000);
        assertFalse(isDone);
        assertEq(bytes32(bytes4(answer)), bytes32(Authority.IntentGasTooLow.selector));
    }

    // What is sent

    /// @dev Three batches: the brand's order, the one in question, and the supplier's word on both with one refusal.
    /// Without a signature, the one in question has that of the brand's key.
    function _batches(bytes memory signature) private returns (bytes memory) {
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](3);
        batches[0] = _batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, 1)));
        batches[1] = _batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, 2)));
        batches[2] = _batch(SUPPLIER, bytes.concat(Stream.select(FIRST), Stream.run(Act.CONFIRM, 1, 3)));
        bytes[] memory signatures = _signed(batches);
        if (signature.length != 0) signatures[1] = signature;
        return abi.encodeCall(ledger.submit, (batches, signatures));
    }

    function _batch(bytes memory signature) private returns (bytes memory) {
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](1);
        bytes[] memory signatures = new bytes[](1);
        batches[0] = _batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, 1)));
        signatures[0] = signature;
        return abi.encodeCall(ledger.submit, (batches, signatures));
    }

    /// @dev Account's keys, a contract account twice, and two refusals: by the lifecycle, and for want of a permission.
    function _intents() private returns (bytes memory) {
        IOrderLedger.Intent[] memory intents = new IOrderLedger.Intent[](6);
        intents[0] = _intent(BRAND, Act.ISSUE, 1, 0);
        intents[1] = _intent(SUPPLIER, Act.CONFIRM, 1, 0);
        intents[2] = _intent(BRAND, Act.ISSUE, 1, 0);
        intents[3] = _intent(SUPPLIER, Act.DESPATCH, 1, 1);
        intents[4] = _intent(STRANGER, Act.ISSUE, 3, 0);
        intents[5] = _intent(BRAND, Act.RECEIVE, 1, 0);
        bytes[] memory signatures = _signed(intents);
        (signatures[0], signatures[5]) = (_by(slow, 0), _by(delegated, 0));
        signatures[4] = _signature(RIVAL, ledger.digestOf(intents[4]));
        return abi.encodeCall(ledger.submitIntents, (intents, signatures));
    }

    function _by(address account, uint256 proofLength) private pure returns (bytes memory) {
        return abi.encodePacked(account, new bytes(proofLength), hex"00");
    }

    // What comes of it

    function _assertAllOrNothing(bytes memory call, uint256 from, uint256 to, uint256 step) private {
        (, bytes memory nothing) = _result(call, 0);
        (bool isDone, bytes memory all) = _result(call, PLENTY);
        assertTrue(isDone, "with plenty of gas the transaction is done");
        uint256 done = 0;
        uint256 undone = 0;
        for (uint256 limit = from; limit < to; limit += step) {
            bytes memory result;
            (isDone, result) = _result(call, limit);
            if (isDone) done++;
            else undone++;
            assertEq(keccak256(result), keccak256(isDone ? all : nothing), "all or nothing");
        }
        assertGt(done, 0, "the limits reach the whole");
        assertGt(undone, 0, "the limits begin with nothing");
    }

    /// @dev Limits, close by close, around the least with which the transaction is done.
    function _assertAllOrNothingAroundTheLeast(bytes memory call) private {
        uint256 below = 0;
        uint256 least = PLENTY;
        while (least - below > 1) {
            uint256 middle = (below + least) / 2;
            (bool isDone, ) = _result(call, middle);
            if (isDone) least = middle;
            else below = middle;
        }
        _assertAllOrNothing(call, least - 500, least + 3_000, 13);
    }

    /// @dev What a transaction leaves: the states, the nonces, and every log. The attempt is taken back
    /// and all is as cold as before.
    function _result(bytes memory call, uint256 limit) private returns (bool isDone, bytes memory result) {
        uint256 snapshot = vm.snapshotState();
        vm.recordLogs();
        (isDone, ) = _send(call, limit);
        result = _states();
        Vm.Log[] memory logs = vm.getRecordedLogs();
        if (isDone) result = bytes.concat(result, abi.encode(logs));
        vm.revertToState(snapshot);
    }

    function _send(bytes memory call, uint256 limit) private returns (bool, bytes memory) {
        return address(ledger).call{gas: limit}(call);
    }

    function _states() private view returns (bytes memory states) {
        for (uint32 number = 1; number < 4; number++) {
            (uint8 delivery, ) = ledger.deliveryState(FIRST, number);
            states = abi.encodePacked(states, ledger.orderState(FIRST, number), delivery);
        }
        for (uint256 nonce = 0; nonce < 32; nonce++) {
            states = abi.encodePacked(
                states,
                ledger.isNonceUsed(BRAND, nonce),
                ledger.isNonceUsed(SUPPLIER, nonce),
                ledger.isNonceUsed(STRANGER, nonce)
            );
        }
    }
}
