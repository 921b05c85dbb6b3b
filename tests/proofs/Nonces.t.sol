// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {OrgRegistry} from "../../contracts/OrgRegistry.sol";
import {Gate, Wish} from "./Gate.sol";
import {Proof} from "./Proof.sol";

/// @notice Each organisation's nonces are used exactly by what was admitted, and no other's.
/// @dev The registry holds anything and so does the bitmap, so these proofs begin after every possible past.
contract NoncesProof is Proof {
    OrgRegistry private _registry;
    Gate private _gate;

    function setUp() public {
        _registry = new OrgRegistry(address(this));
        _gate = new Gate(_registry);
        _forgetStorageOf(address(_registry));
        _forgetStorageOf(address(_gate));
    }

    function check_nonceIsUsedIffItWasAdmitted(Wish calldata wish, address caller, uint256 time) external {
        bool wasUsed = _gate.isUsed(wish.organisation, wish.nonce);
        bool isAdmitted = _admit(wish, caller, time);
        assert(!(wasUsed && isAdmitted));
        assert(_gate.isUsed(wish.organisation, wish.nonce) == (wasUsed || isAdmitted));
    }

    function check_admittingUsesNoOtherNonceOfAnyone(
        Wish calldata wish,
        address caller,
        uint256 time,
        uint32 organisation,
        uint256 nonce
    ) external {
        vm.assume(organisation != wish.organisation || nonce != wish.nonce);
        bool wasUsed = _gate.isUsed(organisation, nonce);
        _admit(wish, caller, time);
        assert(_gate.isUsed(organisation, nonce) == wasUsed);
    }

    function check_secondUseIsRefusedToEverybodyForEver(
        Wish calldata wish,
        Wish calldata again,
        address caller,
        address secondCaller,
        uint256 time,
        uint256 later
    ) external {
        vm.assume(again.organisation == wish.organisation && again.nonce == wish.nonce);
        bool isAdmitted = _admit(wish, caller, time);
        assert(!(isAdmitted && _admit(again, secondCaller, later)));
    }

    function _admit(Wish calldata wish, address caller, uint256 time) private returns (bool) {
        vm.warp(time);
        vm.prank(caller);
        return _gate.admit(wish, "");
    }
}
