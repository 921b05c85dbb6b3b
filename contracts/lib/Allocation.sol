// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../interfaces/IPoolAuction.sol";

/// @notice Judges an allocation of lots to bids: whether it is feasible, and its score (lower is better).
/// @dev Functions of nothing but their arguments, so that they can be proven by themselves.
library Allocation {
    uint256 internal constant MAX_BUNDLE = 5;

    /// @notice A bid that an allocation chooses.
    struct Choice {
        uint8 bid;
        IPoolAuction.BidStatus status;
        uint64 lots;
        uint96 price;
    }

    /// @notice How many lots (or bids) a bitmap names; at most 256.
    function sizeOf(uint256 bitmap) internal pure returns (uint256 size) {
        for (; bitmap != 0; bitmap &= bitmap - 1) size++;
    }

    /// @notice Whether a bid may cover these lots of an auction: 1 to 5, none beyond the last.
    function isBundle(uint64 lots, uint8 lotCount) internal pure returns (bool) {
        uint256 size = sizeOf(lots);
        return size != 0 && size <= MAX_BUNDLE && uint256(lots) >> lotCount == 0;
    }

    /// @notice The score of an allocation; reverts, and says why, when the bids cannot stand together.
    function scoreOf(
        uint64 auction,
        Choice[] memory chosen,
        uint96[64] storage reserves,
        uint8 lotCount
    ) internal view returns (uint128 score) {
        uint64 covered = 0;
        for (uint256 i = 0; i < chosen.length; i++) {
            Choice memory choice = chosen[i];
            if (choice.status != IPoolAuction.BidStatus.Revealed) {
                revert IPoolAuction.AuctionBidUnexpectedStatus(auction, choice.bid, uint8(choice.status));
            }
            if (covered & choice.lots != 0) revert IPoolAuction.AuctionLotsOverlap(auction, choice.bid);
            covered |= choice.lots;
            score += choice.price;
        }
        score += uncovered(covered, reserves, lotCount);
    }

    /// @notice Sum of the reserve prices of the lots that a bitmap does not name.
    function uncovered(
        uint64 covered,
        uint96[64] storage reserves,
        uint8 lotCount
    ) internal view returns (uint128 sum) {
        for (uint256 lot = 0; lot < lotCount; lot++) {
            if ((covered >> lot) & 1 == 0) sum += reserves[lot];
        }
    }
}
