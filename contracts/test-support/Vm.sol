// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Cheatcodes of the Solidity test runner that our tests use
/// @notice The runner answers these calls at a fixed address; on a real chain nothing lives there.
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    struct Wallet {
        address addr;
        uint256 publicKeyX;
        uint256 publicKeyY;
        uint256 privateKey;
    }

    // The block and the chain
    function warp(uint256 timestamp) external;
    function roll(uint256 blockNumber) external;
    function chainId(uint256 id) external;
    function fee(uint256 baseFee) external;
    function coinbase(address account) external;
    function prevrandao(bytes32 value) external;

    // The sender
    function prank(address sender) external;
    function prank(address sender, address origin) external;
    function startPrank(address sender) external;
    function startPrank(address sender, address origin) external;
    function stopPrank() external;

    // Accounts and storage
    function deal(address account, uint256 balance) external;
    function etch(address account, bytes calldata code) external;
    function getNonce(address account) external view returns (uint64 nonce);
    function setNonce(address account, uint64 nonce) external;
    function load(address account, bytes32 slot) external view returns (bytes32 value);
    function store(address account, bytes32 slot, bytes32 value) external;
    function record() external;
    function accesses(address account) external returns (bytes32[] memory reads, bytes32[] memory writes);
    function snapshotState() external returns (uint256 id);
    function revertToState(uint256 id) external returns (bool success);

    // Keys and signatures
    function addr(uint256 privateKey) external pure returns (address account);
    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function createWallet(string calldata name) external returns (Wallet memory wallet);
    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address account);

    // Expectations
    function expectRevert() external;
    function expectRevert(bytes4 selector) external;
    function expectRevert(bytes calldata reason) external;
    function expectPartialRevert(bytes4 selector) external;
    function expectEmit() external;
    function expectEmit(address emitter) external;
    function expectEmit(bool topic1, bool topic2, bool topic3, bool data) external;
    function expectEmit(bool topic1, bool topic2, bool topic3, bool data, address emitter) external;
    function expectCall(address callee, bytes calldata data) external;
    function recordLogs() external;
    function getRecordedLogs() external returns (Log[] memory logs);
    function mockCall(address callee, bytes calldata data, bytes calldata answer) external;
    function mockCallRevert(address callee, bytes calldata data, bytes calldata reason) external;
    function clearMockedCalls() external;

    // Fuzzing
    function assume(bool condition) external pure;
    function randomUint() external returns (uint256 value);
    function randomUint(uint256 min, uint256 max) external returns (uint256 value);

    // Gas
    function pauseGasMetering() external;
    function resumeGasMetering() external;

    // Words in traces and failures
    function label(address account, string calldata name) external;
    function toString(address value) external pure returns (string memory text);
    function toString(bytes calldata value) external pure returns (string memory text);
    function toString(bytes32 value) external pure returns (string memory text);
    function toString(bool value) external pure returns (string memory text);
    function toString(uint256 value) external pure returns (string memory text);
    function toString(int256 value) external pure returns (string memory text);

    // Files (read only, below the project)
    function readFile(string calldata path) external view returns (string memory text);
    function parseJson(string calldata json, string calldata key) external pure returns (bytes memory encoded);

    // Assertions
    function assertTrue(bool condition) external pure;
    function assertTrue(bool condition, string calldata why) external pure;
    function assertFalse(bool condition) external pure;
    function assertFalse(bool condition, string calldata why) external pure;
    function assertEq(bool left, bool right) external pure;
    function assertEq(bool left, bool right, string calldata why) external pure;
    function assertEq(uint256 left, uint256 right) external pure;
    function assertEq(uint256 left, uint256 right, string calldata why) external pure;
    function assertEq(int256 left, int256 right) external pure;
    function assertEq(int256 left, int256 right, string calldata why) external pure;
    function assertEq(address left, address right) external pure;
    function assertEq(address left, address right, string calldata why) external pure;
    function assertEq(bytes32 left, bytes32 right) external pure;
    function assertEq(bytes32 left, bytes32 right, string calldata why) external pure;
    function assertEq(string calldata left, string calldata right) external pure;
    function assertEq(string calldata left, string calldata right, string calldata why) external pure;
    function assertEq(bytes calldata left, bytes calldata right) external pure;
    function assertEq(bytes calldata left, bytes calldata right, string calldata why) external pure;
    function assertEq(uint256[] calldata left, uint256[] calldata right) external pure;
    function assertEq(address[] calldata left, address[] calldata right) external pure;
    function assertEq(bytes32[] calldata left, bytes32[] calldata right) external pure;
    function assertNotEq(uint256 left, uint256 right) external pure;
    function assertNotEq(uint256 left, uint256 right, string calldata why) external pure;
    function assertNotEq(address left, address right) external pure;
    function assertNotEq(address left, address right, string calldata why) external pure;
    function assertNotEq(bytes32 left, bytes32 right) external pure;
    function assertNotEq(bytes32 left, bytes32 right, string calldata why) external pure;
    function assertLt(uint256 left, uint256 right) external pure;
    function assertLt(uint256 left, uint256 right, string calldata why) external pure;
    function assertLe(uint256 left, uint256 right) external pure;
    function assertLe(uint256 left, uint256 right, string calldata why) external pure;
    function assertGt(uint256 left, uint256 right) external pure;
    function assertGt(uint256 left, uint256 right, string calldata why) external pure;
    function assertGe(uint256 left, uint256 right) external pure;
    function assertGe(uint256 left, uint256 right, string calldata why) external pure;
    function assertApproxEqAbs(uint256 left, uint256 right, uint256 delta) external pure;
    function assertApproxEqAbs(uint256 left, uint256 right, uint256 delta, string calldata why) external pure;
}
