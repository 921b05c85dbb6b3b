// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LedgerHandler} from "../handlers/LedgerHandler.sol";
import {LedgerModel} from "../handlers/LedgerModel.sol";
import {LedgerNetwork} from "../fixtures/LedgerNetwork.sol";

/// @notice What holds after any sequence of actions, batches, steps of agreements, and changes of keys.
contract OrderLedgerInvariantTest is LedgerNetwork {
    uint64 private constant REVERSED = (uint64(SUPPLIER) << 32) | 1;
    LedgerHandler private handler;
    LedgerModel private model;

    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
        _propose(REVERSED, [SUPPLIER, BRAND, CARRIER, CARRIER, ARBITER]);
        _sign(BRAND, REVERSED);
        _sign(CARRIER, REVERSED);
        _sign(ARBITER, REVERSED);
        _propose(SECOND, [BRAND, SUPPLIER, 0, 0, 0]);
        uint64[] memory agreements = new uint64[](3);
        (agreements[0], agreements[1], agreements[2]) = (FIRST, REVERSED, SECOND);
        handler = new LedgerHandler(registry, ledger, agreements);
        model = handler.model();
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = handler.step.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), selectors));
        // Runs begin in the midst of trade, not with an empty book.
        _walk(0, 150);
    }

    /// @dev Every state of every number: what was named moved as it may, by whom it may, and nothing else did.
    function invariant_ledgerHoldsWhatTheModelHoldsAndWhatIsFinalStays() public view {
        assertEq(handler.broken(), "");
        _assertStates();
        // After every action only the latest; those of before are looked at once at the end of each walk.
        _assertNonces(2);
    }

    /// @dev The invariant says little unless the handler comes far: it has each action of the lifecycle recorded.
    function test_handlerReachesEveryAction() public {
        uint256[64] memory recorded;
        for (uint256 run = 1; run < 5; run++) {
            uint256 snapshot = vm.snapshotState();
            _walk(run, 400);
            invariant_ledgerHoldsWhatTheModelHoldsAndWhatIsFinalStays();
            _assertNonces(type(uint256).max);
            for (uint8 action = 1; action < 47; action++) recorded[action] += model.recorded(action);
            vm.revertToState(snapshot);
        }
        for (uint8 action = 1; action < 47; action++) {
            if (action < 24 || action > 31) assertGt(recorded[action], 0, vm.toString(uint256(action)));
        }
    }

    function _assertStates() private view {
        (uint32 first, uint32 last) = (handler.FIRST_NUMBER(), handler.FIRST_NUMBER() + handler.NUMBERS() - 1);
        for (uint256 i = 0; i < 3; i++) {
            uint64 agreement = handler.agreements(i);
            for (uint32 number = first - 1; number <= last + 1; number++) {
                (uint8 state, uint32 order) = ledger.deliveryState(agreement, number);
                bytes32 held = keccak256(abi.encode(ledger.orderState(agreement, number), state, order));
                assertEq(held, model.holds(agreement, number), "an order or a delivery");
                // From Confirmed on, and never again before it.
                if (state != 0) assertTrue((0x37f0 >> ledger.orderState(agreement, order)) & 1 == 1, "it exists");
            }
        }
    }

    function _assertNonces(uint256 most) private view {
        for (uint32 organisation = 1; organisation < 7; organisation++) {
            uint256[] memory nonces = handler.noncesOf(organisation);
            for (uint256 i = nonces.length > most ? nonces.length - most : 0; i < nonces.length; i++) {
                bool isUsed = model.isNonceUsed(organisation, nonces[i]);
                assertEq(ledger.isNonceUsed(organisation, nonces[i]), isUsed, "a nonce");
            }
        }
    }

    function _walk(uint256 seed, uint256 steps) private {
        for (uint256 i = 0; i < steps; i++) handler.step(uint256(keccak256(abi.encode(seed, i))));
    }
}
