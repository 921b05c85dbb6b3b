// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Role} from "../../contracts/lib/Authority.sol";
import {Network} from "./fixtures/Network.sol";

/// @title The organisation admitted last, whose number is the count of all
/// @notice Found by mutation: with `>=` for `>` the council had no power over it, and no test noticed.
contract OrgRegistryNewestTest is Network {
    uint32 private newest;

    function setUp() public {
        _setUpRegistry();
        newest = registry.organisationCount();
        assertEq(newest, RIVAL);
    }

    function test_councilChangesTheRolesOfTheNewestOrganisation() public {
        vm.prank(council);
        registry.setRoles(newest, Role.SUPPLIER);
        assertEq(registry.rolesOf(newest), Role.SUPPLIER);
    }

    function test_councilSuspendsTheNewestOrganisation() public {
        vm.prank(council);
        registry.setSuspended(newest, true);
        assertTrue(registry.organisationOf(newest).suspended);
        assertEq(registry.permissionsOf(newest, _account(newest)), 0);
    }
}
