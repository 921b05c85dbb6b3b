// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {Lifecycle} from "../../contracts/lib/Lifecycle.sol";
import {LifecycleTable} from "./fixtures/LifecycleTable.sol";

/// @notice The rows that were written by hand, against the table that everybody shares.
contract LifecycleTest is Test {
    using Lifecycle for uint256;

    uint256 private constant STATES = 16;

    function test_everyRowIsThatOfTheTable() public pure {
        for (uint256 action = 0; action < 256; action++) {
            LifecycleTable.Row memory wanted = LifecycleTable.rowOf(action);
            uint256 row = Lifecycle.rowOf(action);
            assertEq(row == 0, wanted.by == 0);
            assertEq(row.allowedFrom(), wanted.from);
            assertEq(row.by(), wanted.by);
            assertEq(row.target(), wanted.to);
            assertEq(row.opens(), wanted.opens);
            if (wanted.orderStates != 0) assertEq(row.orderStates(), wanted.orderStates);
        }
    }

    function test_rowAllowsWhatItsTableNames() public pure {
        for (uint256 action = 0; action < 256; action++) {
            uint256 row = Lifecycle.rowOf(action);
            for (uint256 state = 0; state < STATES; state++) {
                assertEq(row.allows(state), (LifecycleTable.rowOf(action).from >> state) & 1 == 1);
            }
        }
    }

    function test_deliveriesBeginWhereTheLedgerLooksForThem() public pure {
        for (uint256 action = 0; action < 256; action++) {
            LifecycleTable.Row memory row = LifecycleTable.rowOf(action);
            if (row.by == 0) continue;
            assertEq(row.orderStates != 0, action >= Lifecycle.FIRST_DELIVERY_ACTION);
        }
        assertEq(LifecycleTable.rowOf(Lifecycle.ISSUE).from, 1);
    }
}
