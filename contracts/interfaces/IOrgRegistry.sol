// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Members of the network, their keys and how to reach them.
/// @notice A council admits and suspends organisations; from then on each organisation rules its own keys.
/// @dev Assumptions that keep it safe: the council does not collude with a thief of an administration key; an
/// organisation keeps at least one key with the `Administer` permission to itself.
/// Assumptions that keep it live: the council answers; block time is right to within minutes (key expiry).
interface IOrgRegistry {
    /// @notice What the registry remembers of an organisation.
    /// @param roles Bitmap of `Role`; one firm may hold several.
    /// @param suspended True while the council has suspended it: its keys can do nothing then but rule its own entry here.
    /// @param encryptionEpoch Number of the current encryption key, from 1.
    /// @param encryptionKey X25519 public key to which documents are sealed.
    /// @param name Public name.
    /// @param endpoint Base address of the gateway that serves its sealed blocks.
    struct Organisation {
        uint32 roles;
        bool suspended;
        uint32 encryptionEpoch;
        bytes32 encryptionKey;
        string name;
        string endpoint;
    }

    /// @notice An organisation became a member.
    event OrganisationAdmitted(uint32 indexed organisation, uint32 roles, string name, string endpoint);
    /// @notice The council changed an organisation's roles.
    event OrganisationRolesSet(uint32 indexed organisation, uint32 roles);
    /// @notice The council suspended (true) or reinstated (false) an organisation.
    event OrganisationSuspensionSet(uint32 indexed organisation, bool suspended);
    /// @notice A key was given permissions; zero permissions revoke it.
    event KeySet(uint32 indexed organisation, address indexed key, uint32 permissions, uint64 expiresAt);
    /// @notice Documents from this block on are to be sealed to this key.
    event EncryptionKeySet(uint32 indexed organisation, uint32 epoch, bytes32 encryptionKey);
    /// @notice The organisation's gateway moved.
    event EndpointSet(uint32 indexed organisation, string endpoint);

    error RegistryOrganisationUnknown(uint32 organisation);
    error RegistryKeyUnauthorised(uint32 organisation, address key, uint32 permission);
    error RegistryKeyInvalid(uint32 organisation, address key);
    error RegistryEncryptionKeyInvalid(uint32 organisation);
    error RegistryCouncilRequired();

    /// @notice Admits an organisation and gives its first key every permission.
    /// @param roles Bitmap of `Role`.
    /// @param name Public name.
    /// @param endpoint Base address of its gateway.
    /// @param encryptionKey X25519 public key, not zero.
    /// @param firstKey Account that rules the organisation from now on.
    /// @return organisation Its number, from 1.
    /// @dev Requirements: the caller is the council; `firstKey` and `encryptionKey` are not zero.
    function admit(
        uint32 roles,
        string calldata name,
        string calldata endpoint,
        bytes32 encryptionKey,
        address firstKey
    ) external returns (uint32 organisation);

    /// @notice Replaces an organisation's roles. Requirements: the caller is the council.
    function setRoles(uint32 organisation, uint32 roles) external;

    /// @notice Suspends or reinstates an organisation. Requirements: the caller is the council.
    /// @dev Warning: what a suspended organisation recorded before stands; only its next intents are refused.
    function setSuspended(uint32 organisation, bool suspended) external;

    /// @notice Gives a key permissions until a time, or revokes it with zero permissions; effective in this block.
    /// @param permissions Bitmap of `Permission`.
    /// @param expiresAt Unix seconds from which the key is powerless; zero means never.
    /// @dev Requirements: the caller is a key of the organisation with `Administer`; a suspended one may, so that a stolen
    /// key can be revoked by whoever is quicker, council or owner. Warning: an organisation that revokes its last such key
    /// can only be helped by the council admitting it anew.
    function setKey(uint32 organisation, address key, uint32 permissions, uint64 expiresAt) external;

    /// @notice Replaces the encryption key and starts its next epoch. Requirements: as for `setKey`.
    function setEncryptionKey(uint32 organisation, bytes32 encryptionKey) external;

    /// @notice Moves the organisation's gateway. Requirements: as for `setKey`.
    function setEndpoint(uint32 organisation, string calldata endpoint) external;

    /// @notice How many organisations were ever admitted; they are numbered from 1 to this.
    function organisationCount() external view returns (uint32);

    /// @notice What the registry remembers of an organisation; all zero when it does not exist.
    function organisationOf(uint32 organisation) external view returns (Organisation memory);

    /// @notice An organisation's roles; zero while it is suspended or unknown.
    function rolesOf(uint32 organisation) external view returns (uint32);

    /// @notice What a key may do for an organisation now; zero when unknown, expired, revoked or suspended.
    function permissionsOf(uint32 organisation, address key) external view returns (uint32);
}
