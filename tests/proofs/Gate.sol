// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {IOrgRegistry} from "../../contracts/interfaces/IOrgRegistry.sol";
import {Authority} from "../../contracts/lib/Authority.sol";

/// @notice What a signer asks for.
struct Wish {
    bytes32 digest;
    uint32 organisation;
    uint32 permission;
    uint256 nonce;
    uint64 deadline;
}

/// @notice A contract that does nothing but admit, as the ledger and the auction do before all else.
contract Gate {
    using Authority for Authority.Nonces;

    IOrgRegistry private immutable _registry;
    Authority.Nonces private _nonces;

    constructor(IOrgRegistry registry) {
        _registry = registry;
    }

    function admit(Wish calldata wish, bytes calldata signature) external returns (bool isAdmitted) {
        Authority.Speaker memory speaker;
        return _admit(speaker, wish, signature);
    }

    /// @notice Admits two wishes of one transaction, which share what the registry answered last.
    function admitBoth(
        Wish calldata first,
        Wish calldata second,
        bytes calldata signature,
        bytes calldata secondSignature
    ) external returns (bool isFirstAdmitted, bool isSecondAdmitted) {
        Authority.Speaker memory speaker;
        isFirstAdmitted = _admit(speaker, first, signature);
        isSecondAdmitted = _admit(speaker, second, secondSignature);
    }

    function isUsed(uint32 organisation, uint256 nonce) external view returns (bool) {
        return _nonces.isUsed(organisation, nonce);
    }

    function _admit(
        Authority.Speaker memory speaker,
        Wish calldata wish,
        bytes calldata signature
    ) private returns (bool) {
        bytes memory problem = _nonces.admit(
            _registry,
            speaker,
            wish.digest,
            wish.organisation,
            wish.permission,
            wish.nonce,
            wish.deadline,
            signature
        );
        return problem.length == 0;
    }
}

/// @notice A contract account that answers what it is told to, or reverts with it.
contract AnsweringAccount is IERC1271 {
    bytes4 private _answer;
    bool private _reverts;

    function set(bytes4 answer, bool reverts) external {
        _answer = answer;
        _reverts = reverts;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        if (_reverts) Authority.revertWith(abi.encode(_answer));
        return _answer;
    }
}
