// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IPoolAuction} from "../interfaces/IPoolAuction.sol";
import {Allocation} from "./Allocation.sol";
import {LotState} from "./Lifecycle.sol";
import {Lots} from "./Lots.sol";
import {PackedStates} from "./PackedStates.sol";

/// @notice What is stored of an auction, and its limits.
library Auctions {
    using PackedStates for uint256;

    /// @dev As many as states in a word and places in `reserves`.
    uint256 internal constant MAX_LOTS = 64;
    uint256 internal constant MAX_BIDS = 256;
    uint256 internal constant MAX_BIDS_OF_ONE = 32;

    /// @dev `lotStates` packs 64 states of four bits. `bidCounts` packs how many bids each organisation has placed:
    ///
    ///     bidCounts[organisation >> 5]:  | organisation 31 | ... | organisation 1 | organisation 0 |   8 bits each
    struct Stored {
        IPoolAuction.Auction auction;
        uint256 lotStates;
        uint96[64] reserves;
        mapping(uint8 bid => IPoolAuction.Bid) bids;
        mapping(uint256 group => uint256) bidCounts;
    }

    /// @notice Opens an auction, or reverts when lots or windows are not as they must be.
    function open(Stored storage self, IPoolAuction.Opening calldata opening) internal {
        uint256 lotCount = opening.reserves.length;
        if (lotCount == 0 || lotCount > MAX_LOTS) revert IPoolAuction.AuctionLotsInvalid(lotCount);
        _requireTimesInOrder(opening);
        IPoolAuction.Auction storage auction = self.auction;
        auction.organisation = opening.organisation;
        auction.lotCount = uint8(lotCount);
        auction.token = opening.token;
        auction.bond = opening.bond;
        auction.biddingEnds = opening.biddingEnds;
        auction.revealEnds = opening.revealEnds;
        auction.challengeEnds = opening.challengeEnds;
        auction.performBy = opening.performBy;
        auction.specification = opening.specification;
        for (uint256 lot = 0; lot < lotCount; lot++) self.reserves[lot] = opening.reserves[lot];
        auction.score = emptyScoreOf(self);
        self.lotStates = Lots.alike(lotCount, LotState.Open);
    }

    /// @notice Places a sealed bid, or reverts at the limits.
    function place(
        Stored storage self,
        uint64 auction,
        uint32 organisation,
        bytes32 commitment
    ) internal returns (uint8 bid) {
        uint256 count = self.auction.bidCount;
        if (count == MAX_BIDS) revert IPoolAuction.AuctionBidLimit(auction);
        uint256 shift = (organisation & 31) << 3;
        uint256 counts = self.bidCounts[organisation >> 5];
        if ((counts >> shift) & 0xff == MAX_BIDS_OF_ONE) {
            revert IPoolAuction.AuctionBidderLimit(auction, organisation);
        }
        self.bidCounts[organisation >> 5] = counts + (1 << shift);
        // count < 256, so that both casts keep it whole.
        self.auction.bidCount = uint16(count + 1);
        bid = uint8(count);
        self.bids[bid] = IPoolAuction.Bid(organisation, IPoolAuction.BidStatus.Sealed, 0, 0, 0, commitment);
    }

    /// @notice The score of an allocation; reverts when it is not feasible.
    function scoreOf(Stored storage self, uint64 auction, uint256 bids) internal view returns (uint128) {
        // A shift by 256 is zero, so a full house of bids passes.
        if (bids >> self.auction.bidCount != 0) {
            revert IPoolAuction.AuctionBidUnknown(auction, uint8(Math.log2(bids)));
        }
        Allocation.Choice[] memory chosen = new Allocation.Choice[](Allocation.sizeOf(bids));
        uint256 next = 0;
        // At most 256 rounds, so that the cast keeps the bid's number whole; likewise in `winnerOf`.
        for (uint256 i = 0; bids >> i != 0; i++) {
            if ((bids >> i) & 1 == 0) continue;
            IPoolAuction.Bid storage bid = self.bids[uint8(i)];
            Allocation.Choice memory choice = chosen[next++];
            (choice.bid, choice.status, choice.lots, choice.price) = (uint8(i), bid.status, bid.lots, bid.price);
        }
        return Allocation.scoreOf(auction, chosen, self.reserves, self.auction.lotCount);
    }

    /// @notice The score when no lot is covered.
    function emptyScoreOf(Stored storage self) internal view returns (uint128) {
        return Allocation.uncovered(0, self.reserves, self.auction.lotCount);
    }

    /// @notice The state of a lot. One beyond the last does not exist; packed states would show it as another lot's.
    function stateOf(Stored storage self, uint8 lot) internal view returns (uint8) {
        return lot < self.auction.lotCount ? self.lotStates.read(lot) : uint8(LotState.None);
    }

    /// @notice The winning bid that covers a lot. The lot is awarded, so there is one and the search ends.
    function winnerOf(Stored storage self, uint8 lot) internal view returns (uint8 bid) {
        uint256 standing = self.auction.standing;
        while ((standing >> bid) & 1 == 0 || (self.bids[bid].lots >> lot) & 1 == 0) bid++;
    }

    function _requireTimesInOrder(IPoolAuction.Opening calldata opening) private view {
        bool isInOrder = block.timestamp < opening.biddingEnds &&
            opening.biddingEnds < opening.revealEnds &&
            opening.revealEnds < opening.challengeEnds &&
            opening.challengeEnds < opening.performBy &&
            opening.performBy < Lots.FOREVER - Lots.CONFIRMATION_PERIOD;
        if (isInOrder) return;
        revert IPoolAuction.AuctionTimesInvalid(
            opening.biddingEnds,
            opening.revealEnds,
            opening.challengeEnds,
            opening.performBy
        );
    }
}
