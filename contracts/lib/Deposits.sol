// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IPoolAuction} from "../interfaces/IPoolAuction.sol";

/// @notice What organisations have put down and no bid has locked, by token.
/// @dev A bond is taken when a bid is placed and put back, to the bidder or the pool operator, once.
library Deposits {
    using SafeERC20 for IERC20;

    struct Book {
        mapping(uint32 organisation => mapping(address token => uint256 amount)) free;
    }

    /// @notice Adds to what an organisation has free.
    function put(Book storage self, uint32 organisation, address token, uint256 amount) internal {
        self.free[organisation][token] += amount;
    }

    /// @notice Takes from what an organisation has free.
    function take(Book storage self, uint32 organisation, address token, uint256 amount) internal {
        uint256 available = self.free[organisation][token];
        if (available < amount) {
            revert IPoolAuction.AuctionBalanceTooLow(organisation, token, available, amount);
        }
        self.free[organisation][token] = available - amount;
    }

    /// @notice Draws the caller's tokens and adds what arrives, as some tokens keep a fee.
    function draw(
        Book storage self,
        uint32 organisation,
        address token,
        uint256 amount
    ) internal returns (uint256 arrived) {
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        arrived = IERC20(token).balanceOf(address(this)) - before;
        put(self, organisation, token, arrived);
    }

    /// @notice Sends tokens that were taken before.
    function send(address token, address to, uint256 amount) internal {
        IERC20(token).safeTransfer(to, amount);
    }
}
