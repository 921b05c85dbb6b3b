// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title The bond token of an embedded chain.
/// @notice On a network of several machines bonds are held in a token that its members value; on one machine there is
/// none, so this one is deployed there and handed out by whoever set the chain up.
contract LocalBondToken is ERC20 {
    constructor(address holder, uint256 supply) ERC20("Local bond", "BOND") {
        _mint(holder, supply);
    }

    /// @notice Two, as the currencies of the bonds it stands for.
    function decimals() public pure override returns (uint8) {
        return 2;
    }
}
