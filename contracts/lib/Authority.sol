// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {IOrgRegistry} from "../interfaces/IOrgRegistry.sol";

/// @notice Roles that the council grants an organisation (a bitmap).
library Role {
    uint32 internal constant BRAND = 1;
    uint32 internal constant SUPPLIER = 2;
    uint32 internal constant CARRIER = 4;
    uint32 internal constant POOL = 8;
    uint32 internal constant AUDITOR = 16;
    uint32 internal constant SME = 32;
    uint32 internal constant INSPECTOR = 64;
    uint32 internal constant ARBITER = 128;
}

/// @notice What an organisation lets one of its keys do (a bitmap).
library Permission {
    /// @dev Record actions on orders and deliveries.
    uint32 internal constant RECORD = 1;
    /// @dev Propose, sign and end agreements.
    uint32 internal constant AGREE = 2;
    /// @dev Open auctions, bid, run lots and withdraw bonds.
    uint32 internal constant TRADE = 4;
    /// @dev Rule the organisation's keys and endpoint.
    uint32 internal constant ADMINISTER = 8;
    uint32 internal constant ALL = 15;
}

/// @notice Decides whether a key may speak for an organisation, and that each intent is heard once.
/// @dev Every check returns the encoded error instead of reverting, so that a caller can skip one intent of many;
/// empty bytes mean "yes".
library Authority {
    /// @notice The intent's deadline has passed.
    error IntentExpired(uint64 deadline, uint256 blockTime);
    /// @notice The organisation has used this nonce before.
    error IntentReplayed(uint32 organisation, uint256 nonce);
    /// @notice The signature is malformed, not canonical or not the contract account's.
    error IntentSignatureInvalid(uint32 organisation);
    /// @notice The key that signed (or called) may not do this for the organisation.
    error IntentUnauthorised(uint32 organisation, address key, uint32 permission);
    /// @notice Too little gas is left to ask a contract account fairly; the whole transaction is undone.
    error IntentGasTooLow(uint256 gasLeft, uint256 gasNeeded);

    /// @dev What an ERC-1271 account gets to answer. A fixed amount, so that a relayer cannot starve it into "no".
    uint256 internal constant ERC1271_GAS = 100_000;
    /// @dev What getting there costs at most: two cold accounts, for one that has delegated its code (EIP-7702), and a
    /// handful of instructions.
    uint256 internal constant ERC1271_WAY = 10_000;

    /// @notice Used nonces of each organisation: 256 to a word, in any order.
    struct Nonces {
        mapping(uint32 organisation => mapping(uint256 index => Word)) used;
    }

    struct Word {
        uint256 bits;
    }

    /// @notice The key that the registry was asked about last, and its answer, which holds for the rest of a loop over
    /// intents: nothing in there can change the registry.
    struct Speaker {
        uint32 organisation;
        address key;
        uint32 permissions;
    }

    /// @notice Whether an organisation has used a nonce.
    function isUsed(Nonces storage self, uint32 organisation, uint256 nonce) internal view returns (bool) {
        return (self.used[organisation][nonce >> 8].bits >> (nonce & 0xff)) & 1 == 1;
    }

    /// @notice Checks deadline, key, permission and nonce of an intent, and uses up the nonce when all hold.
    /// @param signature Nothing, when the caller itself is the key. Otherwise its last byte tells the form:
    ///
    ///     r (32) | s (32) | v (1)             v is 27 or 28: an account's key
    ///     account (20) | proof | 00           a contract account and what its `isValidSignature` takes
    ///
    /// @return problem The encoded error, or nothing.
    function admit(
        Nonces storage self,
        IOrgRegistry registry,
        bytes32 digest,
        uint32 organisation,
        uint32 permission,
        uint256 nonce,
        uint64 deadline,
        bytes calldata signature
    ) internal returns (bytes memory problem) {
        Speaker memory nobody;
        return admit(self, registry, nobody, digest, organisation, permission, nonce, deadline, signature);
    }

    /// @notice The same for one intent of many, with what is remembered of the one before.
    function admit(
        Nonces storage self,
        IOrgRegistry registry,
        Speaker memory speaker,
        bytes32 digest,
        uint32 organisation,
        uint32 permission,
        uint256 nonce,
        uint64 deadline,
        bytes calldata signature
    ) internal returns (bytes memory problem) {
        // Half-open: the deadline itself is already too late.
        if (block.timestamp >= deadline) {
            return abi.encodeWithSelector(IntentExpired.selector, deadline, block.timestamp);
        }
        Word storage word = self.used[organisation][nonce >> 8];
        uint256 bits = word.bits;
        uint256 bit = 1 << (nonce & 0xff);
        if (bits & bit != 0) return abi.encodeWithSelector(IntentReplayed.selector, organisation, nonce);
        address key = signature.length == 0 ? msg.sender : _signer(digest, signature);
        if (key == address(0)) return abi.encodeWithSelector(IntentSignatureInvalid.selector, organisation);
        if (speaker.key != key || speaker.organisation != organisation) {
            speaker.key = key;
            speaker.organisation = organisation;
            speaker.permissions = registry.permissionsOf(organisation, key);
        }
        if (speaker.permissions & permission == 0) {
            return abi.encodeWithSelector(IntentUnauthorised.selector, organisation, key, permission);
        }
        word.bits = bits | bit;
    }

    /// @notice Reverts with an encoded error.
    function revertWith(bytes memory problem) internal pure {
        assembly ("memory-safe") {
            revert(add(problem, 32), mload(problem))
        }
    }

    /// @dev The account that signed, or zero. Refuses high s.
    function _signer(bytes32 digest, bytes calldata signature) private view returns (address) {
        if (signature.length == 65 && signature[64] != 0) {
            // Zero when the signature is not valid.
            (address key, , ) = ECDSA.tryRecoverCalldata(digest, signature);
            return key;
        }
        uint256 last = signature.length - 1;
        if (last < 20 || signature[last] != 0) return address(0);
        address account = address(bytes20(signature[:20]));
        return _isValidNow(account, digest, signature[20:last]) ? account : address(0);
    }

    /// @dev Asks a contract account; it gets exactly `ERC1271_GAS`, or the transaction reverts (EIP-150 keeps 1/64).
    function _isValidNow(address account, bytes32 digest, bytes calldata proof) private view returns (bool) {
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (digest, proof));
        uint256 needed = (ERC1271_GAS * 64) / 63 + ERC1271_WAY;
        if (gasleft() < needed) revert IntentGasTooLow(gasleft(), needed);
        bool answered;
        uint256 answer;
        // Only 32 bytes of the answer are copied, so that a hostile account cannot make us pay for a long one.
        assembly ("memory-safe") {
            mstore(0, 0)
            answered := staticcall(ERC1271_GAS, account, add(question, 32), mload(question), 0, 32)
            answered := and(answered, gt(returndatasize(), 31))
            answer := mload(0)
        }
        return answered && bytes32(answer) == bytes32(IERC1271.isValidSignature.selector);
    }
}
