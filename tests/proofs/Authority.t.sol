// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {OrgRegistry} from "../../contracts/OrgRegistry.sol";
import {Permission} from "../../contracts/lib/Authority.sol";
import {AnsweringAccount, Gate, Wish} from "./Gate.sol";
import {Proof} from "./Proof.sol";

/// @notice A wish is admitted exactly when the registry was told to let that key do it, and is not too late.
/// @dev What should be so follows from what the registry was told, and not from what it answers. The address that a
/// signature belongs to is an unknown function of digest and signature: nothing is proved about the curve itself.
contract AuthorityProof is Proof {
    /// @notice What the registry was told about the organisation and its second key.
    struct Told {
        address key;
        uint32 permissions;
        uint64 expiresAt;
        bool isSuspended;
    }

    uint32 private constant MEMBER = 1;
    address private constant FIRST_KEY = address(0xf1357);
    uint256 private constant HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0;

    OrgRegistry private _registry;
    Gate private _gate;
    AnsweringAccount private _account;

    function setUp() public {
        _registry = new OrgRegistry(address(this));
        _registry.admit(0, "name", "https://gateway.example", bytes32(uint256(1)), FIRST_KEY);
        _gate = new Gate(_registry);
        _account = new AnsweringAccount();
    }

    function check_callerIsAdmittedIffItsKeyMay(
        Told calldata told,
        Wish calldata wish,
        address caller,
        uint256 time
    ) external {
        _tell(told);
        vm.warp(time);
        vm.prank(caller);
        assert(_gate.admit(wish, "") == _isAllowed(told, wish, caller, time));
    }

    /// @dev The registry may hold anything: what it answered for the first wish must not count for the second.
    function check_secondWishOfATransactionIsJudgedAsIfAlone(
        Wish calldata wish,
        Wish calldata second,
        address caller
    ) external {
        vm.assume(wish.organisation != second.organisation || wish.nonce != second.nonce);
        _forgetStorageOf(address(_registry));
        Gate fresh = new Gate(_registry);
        vm.prank(caller);
        (, bool isAdmitted) = _gate.admitBoth(wish, second, "", "");
        vm.prank(caller);
        assert(isAdmitted == fresh.admit(second, ""));
    }

    function check_signatureIsAdmittedIffItsKeyMay(
        Told calldata told,
        Wish calldata wish,
        bytes32 r,
        uint256 s,
        uint8 v,
        uint256 time
    ) external {
        vm.assume(v != 0);
        _tell(told);
        vm.warp(time);
        address key = ecrecover(wish.digest, v, r, bytes32(s));
        bool isExpected = s <= HALF_ORDER && key != address(0) && _isAllowed(told, wish, key, time);
        assert(_gate.admit(wish, abi.encodePacked(r, s, v)) == isExpected);
    }

    function check_contractAccountIsAdmittedIffItSaysYesAndMay(
        Told calldata told,
        Wish calldata wish,
        bytes4 answer,
        bool reverts,
        bytes32 proof,
        uint256 time
    ) external {
        _tell(told);
        _account.set(answer, reverts);
        vm.warp(time);
        bytes memory signature = abi.encodePacked(address(_account), proof, uint8(0));
        bool saysYes = !reverts && answer == IERC1271.isValidSignature.selector;
        // Reverts when too little gas is left to ask, and says nothing then.
        try _gate.admit(wish, signature) returns (bool isAdmitted) {
            assert(isAdmitted == (saysYes && _isAllowed(told, wish, address(_account), time)));
        } catch {}
    }

    /// @dev Neither form: no account's because of its length, and no contract account's because of its last byte,
    /// although it names one that says yes and may.
    function check_signatureOfNoFormIsRefused(Wish calldata wish, bytes calldata rest, uint256 time) external {
        vm.assume(rest.length != 45 && rest[rest.length - 1] != 0);
        _tell(Told(address(_account), Permission.ALL, 0, false));
        _account.set(IERC1271.isValidSignature.selector, false);
        vm.warp(time);
        try _gate.admit(wish, abi.encodePacked(address(_account), rest)) returns (bool isAdmitted) {
            assert(!isAdmitted);
        } catch {}
    }

    function _tell(Told memory told) private {
        vm.assume(told.key != address(0));
        vm.prank(FIRST_KEY);
        _registry.setKey(MEMBER, told.key, told.permissions, told.expiresAt);
        _registry.setSuspended(MEMBER, told.isSuspended);
    }

    function _isAllowed(
        Told calldata told,
        Wish calldata wish,
        address key,
        uint256 time
    ) private pure returns (bool) {
        uint32 granted = key == FIRST_KEY ? Permission.ALL : 0;
        if (key == told.key) granted = told.expiresAt == 0 || time < told.expiresAt ? told.permissions : 0;
        return
            wish.organisation == MEMBER &&
            !told.isSuspended &&
            granted & wish.permission != 0 &&
            time < wish.deadline;
    }
}
