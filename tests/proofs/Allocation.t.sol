// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../../contracts/interfaces/IPoolAuction.sol";
import {Auctions} from "../../contracts/lib/Auctions.sol";
import {Proof} from "./Proof.sol";

/// @notice An auction takes exactly those allocations whose bids can stand together.
/// @dev Bids, lots and prices are anything; there are at most `BIDS` bids and `LOTS` lots.
contract AllocationProof is Proof {
    using Auctions for Auctions.Stored;

    uint16 private constant BIDS = 3;
    uint8 private constant LOTS = 3;

    Auctions.Stored private _stored;

    function check_allocationIsAcceptedIffItsBidsCanStandTogether(
        uint256 bids,
        uint16 bidCount,
        uint8 lotCount
    ) external {
        _prepare(bidCount, lotCount);
        bool isFeasible = _isFeasible(bids, bidCount);
        try this.scoreOf(bids) {
            assert(isFeasible);
        } catch {
            assert(!isFeasible);
        }
    }

    function scoreOf(uint256 bids) external view returns (uint128) {
        return _stored.scoreOf(1, bids);
    }

    function _prepare(uint16 bidCount, uint8 lotCount) private {
        vm.assume(bidCount <= BIDS && lotCount <= LOTS);
        _forgetStorageOf(address(this));
        _stored.auction.bidCount = bidCount;
        _stored.auction.lotCount = lotCount;
    }

    /// @dev Every bid is one of the auction and revealed, and no lot is covered twice.
    function _isFeasible(uint256 bids, uint16 bidCount) private view returns (bool) {
        uint256 notRevealed = 0;
        uint256 coveredTwice = 0;
        for (uint8 i = 0; i < BIDS; i++) {
            uint256 status = uint256(_stored.bids[i].status) ^ uint256(IPoolAuction.BidStatus.Revealed);
            notRevealed |= _ifChosen(bids, i, status);
            for (uint8 j = 0; j < i; j++) {
                uint256 shared = _stored.bids[i].lots & _stored.bids[j].lots;
                coveredTwice |= _ifChosen(bids, i, _ifChosen(bids, j, shared));
            }
        }
        return bids < uint256(1) << bidCount && notRevealed == 0 && coveredTwice == 0;
    }

    /// @dev The value when a bitmap names a place, and else zero; without a branch, which the prover would follow twice.
    function _ifChosen(uint256 bitmap, uint8 place, uint256 value) private pure returns (uint256) {
        unchecked {
            return value & (0 - ((bitmap >> place) & 1));
        }
    }
}
