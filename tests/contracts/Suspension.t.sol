// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {IOrgRegistry} from "../../contracts/interfaces/IOrgRegistry.sol";
import {Authority, Permission, Role} from "../../contracts/lib/Authority.sol";
import {AgreementAction} from "../../contracts/lib/Lifecycle.sol";
import {Act, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";
import {Problem} from "./fixtures/Problems.sol";

/// @notice A suspended organisation rules its own entry in the registry, and does nothing else.
contract SuspensionTest is LedgerNetwork {
    address private constant KEY = address(0xbeef);

    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
    }

    function test_suspendedOrganisationHasNeitherRolesNorPermissions() public {
        vm.expectEmit(true, true, true, true, address(registry));
        emit IOrgRegistry.OrganisationSuspensionSet(BRAND, true);
        _setSuspended(BRAND, true);
        assertEq(registry.rolesOf(BRAND), 0);
        assertEq(registry.permissionsOf(BRAND, _account(BRAND)), 0);
        assertTrue(registry.organisationOf(BRAND).suspended);
        assertEq(registry.organisationOf(BRAND).roles, Role.BRAND);
    }

    function test_reinstatedOrganisationHasAllItHadBefore() public {
        _setSuspended(BRAND, true);
        _setSuspended(BRAND, false);
        assertEq(registry.rolesOf(BRAND), Role.BRAND);
        assertEq(registry.permissionsOf(BRAND, _account(BRAND)), Permission.ALL);
    }

    // What it may still do

    function test_suspendedOrganisationRotatesItsKeys() public {
        address old = _account(BRAND);
        _setSuspended(BRAND, true);
        vm.startPrank(old);
        registry.setKey(BRAND, KEY, Permission.ALL, 0);
        registry.setKey(BRAND, old, 0, 0);
        vm.stopPrank();
        assertEq(registry.permissionsOf(BRAND, KEY), 0);
        vm.expectRevert(_unauthorised(BRAND, old));
        vm.prank(old);
        registry.setKey(BRAND, old, Permission.ALL, 0);
        _setSuspended(BRAND, false);
        assertEq(registry.permissionsOf(BRAND, KEY), Permission.ALL);
        assertEq(registry.permissionsOf(BRAND, old), 0);
    }

    function test_suspendedOrganisationRevokesAStolenKey() public {
        _setKey(BRAND, KEY, Permission.RECORD, 0);
        _setSuspended(BRAND, true);
        _setKey(BRAND, KEY, 0, 0);
        _setSuspended(BRAND, false);
        assertEq(registry.permissionsOf(BRAND, KEY), 0);
    }

    function test_suspendedOrganisationReplacesEncryptionKeyAndEndpoint() public {
        _setSuspended(BRAND, true);
        vm.startPrank(_account(BRAND));
        registry.setEncryptionKey(BRAND, bytes32(uint256(8)));
        registry.setEndpoint(BRAND, "https://safe.example");
        vm.stopPrank();
        assertEq(registry.organisationOf(BRAND).encryptionKey, bytes32(uint256(8)));
        assertEq(registry.organisationOf(BRAND).encryptionEpoch, 2);
        assertEq(registry.organisationOf(BRAND).endpoint, "https://safe.example");
        assertTrue(registry.organisationOf(BRAND).suspended);
    }

    function test_onlyAdministratorsRuleASuspendedOrganisation() public {
        uint32 others = Permission.ALL & ~Permission.ADMINISTER;
        _setKey(BRAND, KEY, others, 0);
        address expired = address(0xdead);
        _setKey(BRAND, expired, Permission.ALL, uint64(START + 1));
        vm.warp(START + 1);
        _setSuspended(BRAND, true);
        address[4] memory powerless = [KEY, expired, _account(SUPPLIER), council];
        for (uint256 i = 0; i < 4; i++) {
            vm.startPrank(powerless[i]);
            vm.expectRevert(_unauthorised(BRAND, powerless[i]));
            registry.setKey(BRAND, powerless[i], Permission.ALL, 0);
            vm.expectRevert(_unauthorised(BRAND, powerless[i]));
            registry.setEncryptionKey(BRAND, bytes32(uint256(8)));
            vm.expectRevert(_unauthorised(BRAND, powerless[i]));
            registry.setEndpoint(BRAND, "https://evil.example");
            vm.stopPrank();
        }
    }

    /// @dev Suspension takes nothing but one's own: an administrator of a suspended firm rules no other firm.
    function test_suspendedOrganisationRulesNoOther() public {
        _setSuspended(BRAND, true);
        vm.expectRevert(_unauthorised(SUPPLIER, _account(BRAND)));
        vm.prank(_account(BRAND));
        registry.setKey(SUPPLIER, KEY, Permission.ALL, 0);
    }

    // What it may not

    function test_suspendedOrganisationRecordsNothing() public {
        _setSuspended(BRAND, true);
        IOrderLedger.Batch memory batch = _batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, 1)));
        _expectBatchRefused(batch, _signed(batch), Problem.unauthorised(BRAND, _account(BRAND)));
        IOrderLedger.Intent memory intent = _intent(BRAND, Act.ISSUE, 1, 0);
        _send(intent, _signed(intent));
        vm.prank(_account(BRAND));
        _send(batch, "");
        assertFalse(ledger.isNonceUsed(BRAND, intent.nonce));
        assertFalse(ledger.isNonceUsed(BRAND, batch.nonce));
        _assertOrder(1, OrderIs.NONE);
    }

    function test_suspendedOrganisationAgreesToNothing() public {
        _setSuspended(BRAND, true);
        for (uint8 action = AgreementAction.PROPOSE; action <= AgreementAction.GIVE_NOTICE; action++) {
            IOrderLedger.AgreementStep memory step = _stepOf(BRAND, FIRST, action, TERMS);
            bytes memory signature = _signature(BRAND, ledger.digestOf(step));
            vm.expectRevert(
                abi.encodeWithSelector(
                    Authority.IntentUnauthorised.selector,
                    BRAND,
                    _account(BRAND),
                    Permission.AGREE
                )
            );
            ledger.agree(step, signature);
        }
    }

    /// @dev The suspended party's silence stops nobody else, and what it recorded before stands.
    function test_partnersOfASuspendedOrganisationGoOn() public {
        _record(BRAND, Stream.one(Act.ISSUE, 1));
        _setSuspended(BRAND, true);
        _record(SUPPLIER, Stream.one(Act.CONFIRM, 1));
        _assertOrder(1, OrderIs.CONFIRMED);
    }

    /// @dev Suspended, revoked and expired between two transactions of one block: the second is refused.
    function test_lossOfPermissionCountsInTheSameBlock() public {
        _setKey(BRAND, _account(STRANGER), Permission.RECORD, 0);
        for (uint8 way = 0; way < 3; way++) {
            uint256 snapshot = vm.snapshotState();
            _expectStrangerRecords(1, true);
            if (way == 0) _setSuspended(BRAND, true);
            if (way == 1) _setKey(BRAND, _account(STRANGER), 0, 0);
            if (way == 2) _setKey(BRAND, _account(STRANGER), Permission.RECORD, uint64(block.timestamp));
            _expectStrangerRecords(2, false);
            if (way == 0) _setSuspended(BRAND, false);
            else _setKey(BRAND, _account(STRANGER), Permission.RECORD, uint64(block.timestamp + 1));
            _expectStrangerRecords(3, true);
            vm.revertToState(snapshot);
        }
    }

    function _expectStrangerRecords(uint32 number, bool isRecorded) private {
        IOrderLedger.Intent memory intent = _intent(BRAND, Act.ISSUE, number, 0);
        _send(intent, _signature(STRANGER, ledger.digestOf(intent)));
        _assertOrder(number, isRecorded ? OrderIs.ISSUED : OrderIs.NONE);
    }

    function _unauthorised(uint32 organisation, address key) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IOrgRegistry.RegistryKeyUnauthorised.selector,
                organisation,
                key,
                Permission.ADMINISTER
            );
    }
}
