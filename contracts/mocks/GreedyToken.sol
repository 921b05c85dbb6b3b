// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../interfaces/IPoolAuction.sol";

/// @notice Deposits once more in the midst of every transfer, and fails as that fails.
contract GreedyToken {
    IPoolAuction private _auction;

    constructor(IPoolAuction auction) {
        _auction = auction;
    }

    function balanceOf(address) external pure returns (uint256) {
        return 0;
    }

    function transferFrom(address, address, uint256) external returns (bool) {
        if (address(_auction) != address(0)) _auction.deposit(1, address(this), 1);
        return true;
    }
}
