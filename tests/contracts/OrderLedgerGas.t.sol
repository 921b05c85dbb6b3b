// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {Act, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";
import {Artifacts} from "./fixtures/Network.sol";

/// @notice Gas of whole transactions, per event: execution, 21,000 for the transaction and its calldata.
/// The limits stand a little above what was measured, so that a regression shows.
/// @dev Orders are issued in `setUp`, so that their slots are cold and dirty as in a transaction of its own.
abstract contract LedgerGas is LedgerNetwork {
    event GasPerEvent(string name, uint256 gas);

    /// @dev The most gas that one transaction may use (EIP-7825).
    uint256 internal constant TRANSACTION_CAP = 1 << 24;
    uint16 internal constant COUNT = 1000;
    /// @dev The first of a run of orders that begins a slot.
    uint32 internal constant BASE = 64;

    function setUp() public virtual {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
        _spendNonce(BRAND);
        _spendNonce(SUPPLIER);
    }

    /// @dev An organisation's first nonce pays for a fresh slot; the next 255 do not.
    function _spendNonce(uint32 organisation) internal {
        _record(organisation, "");
    }

    function _assertGasPerEvent(string memory name, bytes memory call_, uint256 events, uint256 limit) internal {
        uint256 intrinsic = 21_000;
        for (uint256 i = 0; i < call_.length; i++) intrinsic += call_[i] == 0 ? 4 : 16;
        Artifacts(address(vm)).cool(address(registry));
        Artifacts(address(vm)).cool(address(ledger));
        vm.prank(relay);
        uint256 before = gasleft();
        (bool isDone, ) = address(ledger).call(call_);
        // The ledger is the transaction's target and so warm from the start.
        uint256 used = before - gasleft() - 2_500;
        assertTrue(isDone, name);
        uint256 perEvent = (intrinsic + used) / events;
        emit GasPerEvent(name, perEvent);
        assertLe(perEvent, limit, name);
    }

    function _batchCall(uint32 organisation, bytes memory actions) internal returns (bytes memory) {
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](1);
        bytes[] memory signatures = new bytes[](1);
        batches[0] = _batch(organisation, bytes.concat(Stream.select(FIRST), actions));
        batches[0].documentsRoot = keccak256("root");
        signatures[0] = _signed(batches[0]);
        return abi.encodeCall(ledger.submit, (batches, signatures));
    }
}

contract LedgerGasOfNewOrdersTest is LedgerGas {
    function test_newOrdersAsARun() public {
        bytes memory call_ = _batchCall(BRAND, Stream.run(Act.ISSUE, BASE, COUNT));
        _assertGasPerEvent("new orders as a run of 1000", call_, COUNT, 1_300);
        _assertOrder(BASE + COUNT - 1, 1);
    }

    function test_newOrdersAsSingles() public {
        bytes memory actions;
        for (uint32 i = 0; i < COUNT; i++) actions = bytes.concat(actions, Stream.one(Act.ISSUE, BASE + i));
        _assertGasPerEvent("new orders as 1000 singles", _batchCall(BRAND, actions), COUNT, 2_300);
    }
}

contract LedgerGasOfTransitionsTest is LedgerGas {
    function setUp() public override {
        super.setUp();
        _record(BRAND, Stream.run(Act.ISSUE, BASE, COUNT));
        for (uint32 i = 0; i < 200; i++) _record(BRAND, Stream.one(Act.ISSUE, 100_000 + i * 64));
        _record(BRAND, Stream.one(Act.ISSUE, 50));
    }

    function test_acknowledgeAsARun() public {
        bytes memory call_ = _batchCall(SUPPLIER, Stream.run(Act.ACKNOWLEDGE, BASE, COUNT));
        _assertGasPerEvent("acknowledge, contiguous, as a run of 1000", call_, COUNT, 950);
    }

    function test_acknowledgeAsSingles() public {
        bytes memory actions;
        for (uint32 i = 0; i < COUNT; i++) actions = bytes.concat(actions, Stream.one(Act.ACKNOWLEDGE, BASE + i));
        bytes memory call_ = _batchCall(SUPPLIER, actions);
        _assertGasPerEvent("acknowledge, contiguous, as 1000 singles", call_, COUNT, 2_000);
    }

    function test_acknowledgeEightPerSlot() public {
        bytes memory actions;
        for (uint32 i = 0; i < 120; i++) {
            actions = bytes.concat(actions, Stream.one(Act.ACKNOWLEDGE, BASE + (i / 8) * 64 + (i % 8) * 8));
        }
        _assertGasPerEvent("acknowledge, 8 per slot, 120 singles", _batchCall(SUPPLIER, actions), 120, 3_200);
    }

    function test_acknowledgeScattered() public {
        bytes memory actions;
        for (uint32 i = 0; i < 200; i++) actions = bytes.concat(actions, Stream.one(Act.ACKNOWLEDGE, 100_000 + i * 64));
        _assertGasPerEvent("acknowledge, scattered, 200 singles", _batchCall(SUPPLIER, actions), 200, 8_000);
    }

    function test_individuallySigned() public {
        IOrderLedger.Intent[] memory intents = new IOrderLedger.Intent[](100);
        bytes[] memory signatures = new bytes[](100);
        for (uint32 i = 0; i < 100; i++) {
            intents[i] = _intent(SUPPLIER, Act.ACKNOWLEDGE, BASE + i, 0);
            signatures[i] = _signature(SUPPLIER, ledger.digestOf(intents[i]));
        }
        bytes memory call_ = abi.encodeCall(ledger.submitIntents, (intents, signatures));
        _assertGasPerEvent("individually signed, 100 of one signer", call_, 100, 19_500);
    }

    function test_directCall() public {
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](1);
        batches[0] = _batch(SUPPLIER, bytes.concat(Stream.select(FIRST), Stream.one(Act.ACKNOWLEDGE, 50)));
        bytes memory call_ = abi.encodeCall(ledger.submit, (batches, new bytes[](1)));
        relay = _account(SUPPLIER);
        _assertGasPerEvent("one action by direct call", call_, 1, 60_000);
        _assertOrder(50, 2);
    }

    function test_refusedActionsOfARun() public {
        bytes memory call_ = _batchCall(SUPPLIER, Stream.run(Act.ISSUE, BASE, COUNT));
        _assertGasPerEvent("refused, as a run of 1000", call_, COUNT, 4_500);
    }

    function test_tenThousandNewOrdersFitIntoATransaction() public {
        bytes memory call_ = _batchCall(BRAND, Stream.run(Act.ISSUE, 1 << 20, 10_000));
        _assertGasPerEvent("10,000 new orders, whole transaction", call_, 1, TRANSACTION_CAP);
    }
}
