// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {IOrgRegistry} from "../../contracts/interfaces/IOrgRegistry.sol";
import {Permission, Role} from "../../contracts/lib/Authority.sol";
import {Artifacts, ITwoStepOwner, Network} from "./fixtures/Network.sol";

contract OrgRegistryTest is Network {
    address private constant KEY = address(0xbeef);

    function setUp() public {
        _setUpRegistry();
    }

    // Admission

    function test_admittedOrganisationIsNumberedAndRemembered() public {
        vm.expectEmit(true, true, true, true, address(registry));
        emit IOrgRegistry.OrganisationAdmitted(9, 33, "Nine", "https://nine.example");
        vm.expectEmit(true, true, true, true, address(registry));
        emit IOrgRegistry.EncryptionKeySet(9, 1, bytes32(uint256(9)));
        vm.expectEmit(true, true, true, true, address(registry));
        emit IOrgRegistry.KeySet(9, KEY, Permission.ALL, 0);
        vm.prank(council);
        uint32 number = registry.admit(33, "Nine", "https://nine.example", bytes32(uint256(9)), KEY);
        assertEq(number, 9);
        assertEq(registry.organisationCount(), 9);
        IOrgRegistry.Organisation memory nine = registry.organisationOf(9);
        assertEq(nine.roles, 33);
        assertFalse(nine.suspended);
        assertEq(nine.encryptionEpoch, 1);
        assertEq(nine.encryptionKey, bytes32(uint256(9)));
        assertEq(nine.name, "Nine");
        assertEq(nine.endpoint, "https://nine.example");
        assertEq(registry.rolesOf(9), 33);
        assertEq(registry.permissionsOf(9, KEY), Permission.ALL);
    }

    function test_unknownOrganisationHasNothing() public view {
        assertEq(registry.rolesOf(9), 0);
        assertEq(registry.permissionsOf(9, _account(BRAND)), 0);
        assertEq(registry.permissionsOf(0, _account(BRAND)), 0);
        assertEq(registry.organisationOf(9).encryptionEpoch, 0);
    }

    function test_keyOfOneOrganisationIsNothingToAnother() public view {
        assertEq(registry.permissionsOf(BRAND, _account(SUPPLIER)), 0);
    }

    function test_admissionWithoutEncryptionKeyIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(IOrgRegistry.RegistryEncryptionKeyInvalid.selector, 9));
        vm.prank(council);
        registry.admit(1, "Nine", "", 0, KEY);
    }

    function test_admissionWithoutFirstKeyIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(IOrgRegistry.RegistryKeyInvalid.selector, 9, address(0)));
        vm.prank(council);
        registry.admit(1, "Nine", "", bytes32(uint256(9)), address(0));
    }

    // The council alone

    function test_onlyTheCouncilAdmits() public {
        address stranger = _account(BRAND);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        registry.admit(1, "Nine", "", bytes32(uint256(9)), KEY);
    }

    function test_onlyTheCouncilSetsRoles() public {
        address stranger = _account(BRAND);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        registry.setRoles(BRAND, 255);
    }

    function test_onlyTheCouncilSuspends() public {
        address stranger = _account(BRAND);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        registry.setSuspended(SUPPLIER, true);
    }

    function test_councilHasNoPowerOverKeys() public {
        vm.expectRevert(_unauthorised(BRAND, council));
        vm.prank(council);
        registry.setKey(BRAND, council, Permission.ALL, 0);
    }

    function test_rolesAreReplaced() public {
        vm.expectEmit(true, true, true, true, address(registry));
        emit IOrgRegistry.OrganisationRolesSet(BRAND, Role.CARRIER | Role.SME);
        vm.prank(council);
        registry.setRoles(BRAND, Role.CARRIER | Role.SME);
        assertEq(registry.rolesOf(BRAND), Role.CARRIER | Role.SME);
    }

    function test_rolesOfUnknownOrganisationCannotBeSet() public {
        vm.startPrank(council);
        vm.expectRevert(abi.encodeWithSelector(IOrgRegistry.RegistryOrganisationUnknown.selector, 9));
        registry.setRoles(9, 1);
        vm.expectRevert(abi.encodeWithSelector(IOrgRegistry.RegistryOrganisationUnknown.selector, 0));
        registry.setRoles(0, 1);
    }

    function test_unknownOrganisationCannotBeSuspended() public {
        vm.startPrank(council);
        vm.expectRevert(abi.encodeWithSelector(IOrgRegistry.RegistryOrganisationUnknown.selector, 9));
        registry.setSuspended(9, true);
        vm.expectRevert(abi.encodeWithSelector(IOrgRegistry.RegistryOrganisationUnknown.selector, 0));
        registry.setSuspended(0, true);
    }

    function test_handOverTakesTwoSteps() public {
        ITwoStepOwner owned = ITwoStepOwner(address(registry));
        address next = makeAddr("next council");
        vm.prank(council);
        owned.transferOwnership(next);
        assertEq(owned.owner(), council);
        assertEq(owned.pendingOwner(), next);
        vm.prank(council);
        registry.setRoles(BRAND, 2);
        vm.prank(next);
        owned.acceptOwnership();
        assertEq(owned.owner(), next);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, council));
        vm.prank(council);
        registry.setRoles(BRAND, 1);
    }

    function test_registryWithoutCouncilIsNotDeployed() public {
        bytes memory code = bytes.concat(
            Artifacts(address(vm)).getCode("OrgRegistry.sol:OrgRegistry"),
            abi.encode(address(0))
        );
        address deployed;
        bytes memory answer;
        assembly {
            deployed := create(0, add(code, 32), mload(code))
            answer := mload(0x40)
            mstore(0x40, add(answer, 96))
            mstore(answer, returndatasize())
            returndatacopy(add(answer, 32), 0, returndatasize())
        }
        assertEq(deployed, address(0));
        assertEq(answer, abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
    }

    function test_onlyTheNamedAccountTakesTheHandOver() public {
        ITwoStepOwner owned = ITwoStepOwner(address(registry));
        vm.prank(council);
        owned.transferOwnership(makeAddr("next council"));
        address stranger = _account(BRAND);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        owned.acceptOwnership();
    }

    function test_onlyTheCouncilHandsOver() public {
        address stranger = _account(BRAND);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger));
        vm.prank(stranger);
        ITwoStepOwner(address(registry)).transferOwnership(stranger);
    }

    // Keys

    function test_keyMayDoOnlyWhatItWasGiven() public {
        vm.expectEmit(true, true, true, true, address(registry));
        emit IOrgRegistry.KeySet(BRAND, KEY, Permission.RECORD | Permission.TRADE, 0);
        _setKey(BRAND, KEY, Permission.RECORD | Permission.TRADE, 0);
        assertEq(registry.permissionsOf(BRAND, KEY), Permission.RECORD | Permission.TRADE);
        vm.expectRevert(_unauthorised(BRAND, KEY));
        vm.prank(KEY);
        registry.setKey(BRAND, KEY, Permission.ALL, 0);
    }

    function test_keyIsPowerlessFromItsExpiryOn() public {
        _setKey(BRAND, KEY, Permission.ALL, uint64(START + 100));
        vm.warp(START + 99);
        assertEq(registry.permissionsOf(BRAND, KEY), Permission.ALL);
        vm.warp(START + 100);
        assertEq(registry.permissionsOf(BRAND, KEY), 0);
        vm.warp(START + 101);
        assertEq(registry.permissionsOf(BRAND, KEY), 0);
    }

    function test_expiredAdministratorCannotProlongItself() public {
        _setKey(BRAND, KEY, Permission.ALL, uint64(START + 100));
        vm.warp(START + 100);
        vm.expectRevert(_unauthorised(BRAND, KEY));
        vm.prank(KEY);
        registry.setKey(BRAND, KEY, Permission.ALL, 0);
    }

    function test_keyIsRotatedInOneBlock() public {
        address old = _account(BRAND);
        vm.startPrank(old);
        registry.setKey(BRAND, KEY, Permission.ALL, 0);
        registry.setKey(BRAND, old, 0, 0);
        assertEq(registry.permissionsOf(BRAND, old), 0);
        assertEq(registry.permissionsOf(BRAND, KEY), Permission.ALL);
        vm.expectRevert(_unauthorised(BRAND, old));
        registry.setKey(BRAND, old, Permission.ALL, 0);
    }

    function test_keyOfAnotherOrganisationCannotAdminister() public {
        address stranger = _account(SUPPLIER);
        vm.startPrank(stranger);
        vm.expectRevert(_unauthorised(BRAND, stranger));
        registry.setKey(BRAND, stranger, Permission.ALL, 0);
        vm.expectRevert(_unauthorised(BRAND, stranger));
        registry.setEncryptionKey(BRAND, bytes32(uint256(1)));
        vm.expectRevert(_unauthorised(BRAND, stranger));
        registry.setEndpoint(BRAND, "https://evil.example");
        vm.expectRevert(_unauthorised(0, stranger));
        registry.setKey(0, stranger, Permission.ALL, 0);
        vm.expectRevert(_unauthorised(9, stranger));
        registry.setKey(9, stranger, Permission.ALL, 0);
    }

    function test_zeroAccountCannotBeKey() public {
        vm.expectRevert(abi.encodeWithSelector(IOrgRegistry.RegistryKeyInvalid.selector, BRAND, address(0)));
        _setKey(BRAND, address(0), Permission.ALL, 0);
    }

    function testFuzz_settingOneKeyLeavesOthersAlone(address key, uint32 permissions, uint64 expiresAt) public {
        vm.assume(key != address(0) && key != _account(BRAND));
        _setKey(BRAND, key, permissions, expiresAt);
        bool isAlive = expiresAt == 0 || expiresAt > START;
        assertEq(registry.permissionsOf(BRAND, key), isAlive ? permissions : 0);
        assertEq(registry.permissionsOf(BRAND, _account(BRAND)), Permission.ALL);
        assertEq(registry.permissionsOf(SUPPLIER, key), key == _account(SUPPLIER) ? Permission.ALL : 0);
    }

    // Encryption key and endpoint

    function test_eachEncryptionKeyStartsTheNextEpoch() public {
        for (uint32 epoch = 2; epoch < 5; epoch++) {
            vm.expectEmit(true, true, true, true, address(registry));
            emit IOrgRegistry.EncryptionKeySet(BRAND, epoch, bytes32(uint256(epoch)));
            vm.prank(_account(BRAND));
            registry.setEncryptionKey(BRAND, bytes32(uint256(epoch)));
            assertEq(registry.organisationOf(BRAND).encryptionEpoch, epoch);
            assertEq(registry.organisationOf(BRAND).encryptionKey, bytes32(uint256(epoch)));
        }
        assertEq(registry.organisationOf(SUPPLIER).encryptionEpoch, 1);
    }

    function test_zeroEncryptionKeyIsRefused() public {
        vm.expectRevert(abi.encodeWithSelector(IOrgRegistry.RegistryEncryptionKeyInvalid.selector, BRAND));
        vm.prank(_account(BRAND));
        registry.setEncryptionKey(BRAND, 0);
    }

    function test_councilCannotGiveUpWithoutASuccessor() public {
        vm.expectRevert(abi.encodeWithSelector(IOrgRegistry.RegistryCouncilRequired.selector));
        vm.prank(council);
        ITwoStepOwner(address(registry)).renounceOwnership();
    }

    function test_endpointMoves() public {
        vm.expectEmit(true, true, true, true, address(registry));
        emit IOrgRegistry.EndpointSet(BRAND, "https://new.example");
        vm.prank(_account(BRAND));
        registry.setEndpoint(BRAND, "https://new.example");
        assertEq(registry.organisationOf(BRAND).endpoint, "https://new.example");
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
