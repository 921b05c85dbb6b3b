// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @notice A contract account ruled by one key, which it may dismiss at any time.
contract OwnedAccount is IERC1271 {
    address public owner;

    constructor(address owner_) {
        owner = owner_;
    }

    /// @notice From now on every signature is refused.
    function dismissOwner() external {
        owner = address(0);
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 digest, bytes calldata proof) external view virtual returns (bytes4) {
        (address signer, ECDSA.RecoverError problem, ) = ECDSA.tryRecoverCalldata(digest, proof);
        bool isOwner = problem == ECDSA.RecoverError.NoError && signer == owner;
        return isOwner ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }

    /// @notice Calls anything, as a contract account does for its owner.
    function execute(address target, bytes calldata data) external returns (bytes memory answer) {
        bool isDone;
        (isDone, answer) = target.call(data);
        require(isDone, "OwnedAccount: the call failed");
    }
}

/// @notice Says yes only after honest work that takes nearly all the gas an account is given.
contract SlowAccount is IERC1271 {
    /// @inheritdoc IERC1271
    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        uint256 before = gasleft();
        bytes32 work = digest;
        while (before - gasleft() < 95_000) work = keccak256(abi.encode(work));
        return work == 0 ? bytes4(0) : IERC1271.isValidSignature.selector;
    }
}

/// @notice Burns all the gas it is given.
contract BurningAccount is IERC1271 {
    /// @inheritdoc IERC1271
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        while (true) {}
        return IERC1271.isValidSignature.selector;
    }
}

/// @notice Answers with as many bytes as it can pay for, the right ones first.
contract TalkativeAccount is IERC1271 {
    /// @inheritdoc IERC1271
    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        bytes4 answer = IERC1271.isValidSignature.selector;
        assembly {
            mstore(0, answer)
            return(0, 100000)
        }
    }
}

/// @notice Answers with the right four bytes and no padding.
contract TerseAccount {
    fallback() external {
        bytes4 answer = IERC1271.isValidSignature.selector;
        assembly {
            mstore(0, answer)
            return(0, 4)
        }
    }
}

/// @notice Reverts with the right answer as its reason.
contract RevertingAccount {
    fallback() external {
        bytes4 answer = IERC1271.isValidSignature.selector;
        assembly {
            mstore(0, answer)
            revert(0, 32)
        }
    }
}

/// @notice Tries to write while it is asked, which a static call forbids.
contract WritingAccount {
    uint256 public count;

    function isValidSignature(bytes32, bytes calldata) external returns (bytes4) {
        count++;
        return IERC1271.isValidSignature.selector;
    }
}
