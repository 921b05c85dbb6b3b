// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

/// @notice The one word of the prover that our proofs need beside those of the test runner.
interface Prover {
    function enableSymbolicStorage(address account) external;
}

/// @title Base of every proof
/// @notice The prover runs each function that begins with `check_` for all values of its arguments at once, and fails
/// it when any of them breaks an assertion. A path that reverts otherwise proves nothing and fails nothing, so
/// proofs let nothing revert but what they say.
abstract contract Proof is Test {
    /// @dev The prover listens at the address made from the words "svm cheat code".
    Prover private constant PROVER = Prover(address(uint160(uint256(keccak256("svm cheat code")))));

    /// @notice From here on an account's storage may hold anything.
    function _forgetStorageOf(address account) internal {
        PROVER.enableSymbolicStorage(account);
    }
}
