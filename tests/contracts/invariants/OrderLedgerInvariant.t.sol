// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LedgerHandler} from "../handlers/LedgerHandler.sol";
import {LedgerNetwork} from "../fixtures/LedgerNetwork.sol";

/// @notice What holds after any sequence of actions on orders and deliveries.
contract OrderLedgerInvariantTest is LedgerNetwork {
    LedgerHandler private handler;

    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
        handler = new LedgerHandler(registry, ledger);
        // The handler counts its own nonces; those used above are out of its way.
        for (uint256 i = 0; i < 2; i++) handler.confirm(uint32(i));
        bytes4[] memory selectors = new bytes4[](2);
        selectors[0] = handler.act.selector;
        selectors[1] = handler.confirm.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    function invariant_noActionBreaksItsRule() public view {
        assertEq(handler.broken(), "");
    }

    function invariant_everyDeliveryBelongsToAConfirmedOrder() public view {
        for (uint32 number = 0; number < 6; number++) {
            (uint8 state, uint32 order) = ledger.deliveryState(FIRST, number);
            if (state == 0) assertEq(order, 0);
            else assertTrue((0x37f0 >> ledger.orderState(FIRST, order)) & 1 == 1);
        }
    }
}
