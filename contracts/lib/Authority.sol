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

    /// @notice Used nonces of each organisation: 256 to a word, in any order.
    struct Nonces {
        mapping(uint32 organisation => mapping(uint256 word => uint256 bits)) used;
    }

    /// @notice Whether an organisation has used a nonce.
    function isUsed(Nonces storage self, uint32 organisation, uint256 nonce) internal view returns (bool) {
        return (self.used[organisation][nonce >> 8] >> (nonce & 0xff)) & 1 == 1;
    }

    /// @notice Checks deadline, key, permission and nonce of an intent, and uses up the nonce when all hold.
    /// @param signature 65 bytes (r, s, v) of an account's key; or the 20 bytes of a contract account followed by
    /// what its `isValidSignature` takes; or nothing, when the caller itself is the key.
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
        // Half-open: the deadline itself is already too late.
        if (block.timestamp >= deadline) {
            return abi.encodeWithSelector(IntentExpired.selector, deadline, block.timestamp);
        }
        mapping(uint256 => uint256) storage words = self.used[organisation];
        uint256 word = words[nonce >> 8];
        uint256 bit = 1 << (nonce & 0xff);
        if (word & bit != 0) return abi.encodeWithSelector(IntentReplayed.selector, organisation, nonce);
        address key = signature.length == 0 ? msg.sender : _signer(digest, signature);
        if (key == address(0)) return abi.encodeWithSelector(IntentSignatureInvalid.selector, organisation);
        if (registry.permissionsOf(organisation, key) & permission == 0) {
            return abi.encodeWithSelector(IntentUnauthorised.selector, organisation, key, permission);
        }
        words[nonce >> 8] = word | bit;
    }

    /// @notice Reverts with an encoded error.
    function revertWith(bytes memory problem) internal pure {
        assembly ("memory-safe") {
            revert(add(problem, 32), mload(problem))
        }
    }

    /// @dev The account that signed, or zero. Refuses high-s and any length but 65 for accounts without code.
    function _signer(bytes32 digest, bytes calldata signature) private view returns (address) {
        if (signature.length == 65) {
            (address recovered, ECDSA.RecoverError problem, ) = ECDSA.tryRecoverCalldata(digest, signature);
            return problem == ECDSA.RecoverError.NoError ? recovered : address(0);
        }
        if (signature.length < 20) return address(0);
        address account = address(bytes20(signature[:20]));
        return _isValidNow(account, digest, signature[20:]) ? account : address(0);
    }

    /// @dev Asks a contract account; it gets exactly `ERC1271_GAS`, or the transaction reverts (EIP-150 keeps 1/64).
    function _isValidNow(address account, bytes32 digest, bytes calldata proof) private view returns (bool) {
        bytes memory question = abi.encodeCall(IERC1271.isValidSignature, (digest, proof));
        uint256 needed = (ERC1271_GAS * 64) / 63 + 5_000;
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
