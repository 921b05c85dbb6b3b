// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";

import {IOrgRegistry} from "./interfaces/IOrgRegistry.sol";
import {Permission} from "./lib/Authority.sol";

/// @title Members of the network, their keys and how to reach them.
/// @notice See IOrgRegistry, which says everything that a caller has to know.
/// @dev The owner is the council: any account, usually a multisig; the hand-over takes two steps.
contract OrgRegistry is IOrgRegistry, Ownable2Step {
    /// @dev One slot. `expiresAt` zero means never.
    struct Key {
        uint32 permissions;
        uint64 expiresAt;
    }

    /// @inheritdoc IOrgRegistry
    uint32 public organisationCount;

    mapping(uint32 organisation => Organisation) private _organisations;
    mapping(uint32 organisation => mapping(address key => Key)) private _keys;

    modifier onlyAdministrator(uint32 organisation) {
        // Suspended or not: an organisation must be able to revoke a stolen key, whoever noticed the theft first.
        if (_heldBy(organisation, msg.sender) & Permission.ADMINISTER == 0) {
            revert RegistryKeyUnauthorised(organisation, msg.sender, Permission.ADMINISTER);
        }
        _;
    }

    modifier onlyExisting(uint32 organisation) {
        if (organisation == 0 || organisation > organisationCount) revert RegistryOrganisationUnknown(organisation);
        _;
    }

    constructor(address council) Ownable(council) {}

    /// @inheritdoc IOrgRegistry
    function admit(
        uint32 roles,
        string calldata name,
        string calldata endpoint,
        bytes32 encryptionKey,
        address firstKey
    ) external onlyOwner returns (uint32 organisation) {
        organisation = ++organisationCount;
        Organisation storage admitted = _organisations[organisation];
        admitted.roles = roles;
        admitted.name = name;
        admitted.endpoint = endpoint;
        emit OrganisationAdmitted(organisation, roles, name, endpoint);
        _setEncryptionKey(organisation, encryptionKey);
        _setKey(organisation, firstKey, Permission.ALL, 0);
    }

    /// @inheritdoc IOrgRegistry
    function setRoles(uint32 organisation, uint32 roles) external onlyOwner onlyExisting(organisation) {
        _organisations[organisation].roles = roles;
        emit OrganisationRolesSet(organisation, roles);
    }

    /// @inheritdoc IOrgRegistry
    function setSuspended(uint32 organisation, bool suspended) external onlyOwner onlyExisting(organisation) {
        _organisations[organisation].suspended = suspended;
        emit OrganisationSuspensionSet(organisation, suspended);
    }

    /// @inheritdoc IOrgRegistry
    function setKey(
        uint32 organisation,
        address key,
        uint32 permissions,
        uint64 expiresAt
    ) external onlyAdministrator(organisation) {
        _setKey(organisation, key, permissions, expiresAt);
    }

    /// @inheritdoc IOrgRegistry
    function setEncryptionKey(
        uint32 organisation,
        bytes32 encryptionKey
    ) external onlyAdministrator(organisation) {
        _setEncryptionKey(organisation, encryptionKey);
    }

    /// @inheritdoc IOrgRegistry
    function setEndpoint(
        uint32 organisation,
        string calldata endpoint
    ) external onlyAdministrator(organisation) {
        _organisations[organisation].endpoint = endpoint;
        emit EndpointSet(organisation, endpoint);
    }

    /// @notice Refused: a network without a council could neither admit nor suspend anyone for ever after.
    function renounceOwnership() public pure override {
        revert RegistryCouncilRequired();
    }

    /// @inheritdoc IOrgRegistry
    function organisationOf(uint32 organisation) external view returns (Organisation memory) {
        return _organisations[organisation];
    }

    /// @inheritdoc IOrgRegistry
    function rolesOf(uint32 organisation) external view returns (uint32) {
        Organisation storage member = _organisations[organisation];
        return member.suspended ? 0 : member.roles;
    }

    /// @inheritdoc IOrgRegistry
    function permissionsOf(uint32 organisation, address key) external view returns (uint32) {
        return _organisations[organisation].suspended ? 0 : _heldBy(organisation, key);
    }

    /// @dev What a key may do until it expires, its organisation's suspension aside.
    function _heldBy(uint32 organisation, address key) private view returns (uint32) {
        Key memory held = _keys[organisation][key];
        return held.expiresAt == 0 || block.timestamp < held.expiresAt ? held.permissions : 0;
    }

    function _setKey(uint32 organisation, address key, uint32 permissions, uint64 expiresAt) private {
        if (key == address(0)) revert RegistryKeyInvalid(organisation, key);
        _keys[organisation][key] = Key(permissions, expiresAt);
        emit KeySet(organisation, key, permissions, expiresAt);
    }

    function _setEncryptionKey(uint32 organisation, bytes32 encryptionKey) private {
        if (encryptionKey == 0) revert RegistryEncryptionKeyInvalid(organisation);
        uint32 epoch = ++_organisations[organisation].encryptionEpoch;
        _organisations[organisation].encryptionKey = encryptionKey;
        emit EncryptionKeySet(organisation, epoch, encryptionKey);
    }
}
