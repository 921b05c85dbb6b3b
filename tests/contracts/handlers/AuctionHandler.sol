// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrgRegistry} from "../../../contracts/interfaces/IOrgRegistry.sol";
import {IPoolAuction} from "../../../contracts/interfaces/IPoolAuction.sol";
import {FreeToken} from "../../../contracts/mocks/Tokens.sol";
import {AuctionNetwork} from "../fixtures/AuctionNetwork.sol";

/// @notice Takes random steps in random auctions, some of which have to be refused, and remembers what must hold.
contract AuctionHandler is AuctionNetwork {
    uint256 private constant AUCTIONS_MAX = 2;

    uint64[] public auctions;
    uint256 public steps;
    string public broken;

    struct Contents {
        uint64 lots;
        uint96 price;
    }

    mapping(uint64 auction => mapping(uint8 bid => Contents)) private _contents;

    constructor(IOrgRegistry registry_, IPoolAuction house_, FreeToken token_) {
        (registry, house, token) = (registry_, house_, token_);
    }

    function fund(uint8 who, uint96 amount) external {
        _fund(_carrier(who), amount % 5_000);
    }

    function open(uint8 lotCount, uint16 bond) external {
        if (auctions.length == AUCTIONS_MAX) return;
        IPoolAuction.Opening memory opening = _opening(lotCount % 8 + 1);
        opening.auction = TENDER + uint64(auctions.length);
        opening.bond = bond % 2_000;
        opening.biddingEnds = uint64(block.timestamp + 1 hours);
        opening.revealEnds = opening.biddingEnds + 1 hours;
        opening.challengeEnds = opening.revealEnds + 1 hours;
        opening.performBy = opening.challengeEnds + 1 hours;
        _open(opening);
        auctions.push(opening.auction);
        steps++;
    }

    function bid(uint8 who, uint8 which, uint64 lots, uint96 price) external {
        uint64 auction = _auction(which);
        IPoolAuction.Auction memory opened = house.auctionOf(auction);
        // One place beyond the lots, so that bundles are sometimes invalid.
        lots &= uint64((1 << (opened.lotCount + (price % 8 == 0 ? 1 : 0))) - 1);
        uint32 carrier = _carrier(who);
        if (opened.organisation != 0 && opened.bidCount > 20) return;
        IPoolAuction.SealedBid memory sealedBid = _sealed(
            carrier,
            house.commitmentOf(auction, carrier, lots, price % RESERVE, SALT)
        );
        sealedBid.auction = auction;
        bytes memory signature = _signature(carrier, house.digestOf(sealedBid));
        try house.commit(sealedBid, signature) returns (uint8 number) {
            _contents[auction][number] = Contents(lots, price % RESERVE);
            if (block.timestamp >= opened.biddingEnds) broken = "a bid after bidding";
            steps++;
        } catch {}
    }

    function reveal(uint8 which, uint8 number) external {
        uint64 auction = _auction(which);
        uint16 bids = house.auctionOf(auction).bidCount;
        if (bids == 0) return;
        number = uint8(number % bids);
        Contents memory contents = _contents[auction][number];
        try house.reveal(auction, number, contents.lots, contents.price, SALT) {
            steps++;
        } catch {}
    }

    function propose(uint8 which, uint256 bids) external {
        uint64 auction = _auction(which);
        IPoolAuction.Auction memory before = house.auctionOf(auction);
        // Mostly one bid alone, which is feasible more often.
        if (bids % 4 != 0 && before.bidCount != 0) bids = 1 << (bids % before.bidCount);
        bids &= (1 << before.bidCount) - 1;
        try house.propose(auction, bids) {
            if (house.auctionOf(auction).score >= before.score) broken = "a worse allocation stands";
            steps++;
        } catch {}
    }

    function finalise(uint8 which) external {
        uint64 auction = _auction(which);
        bool wasFinalised = house.auctionOf(auction).isFinalised;
        try house.finalise(auction) {
            if (wasFinalised) broken = "finalised twice";
            steps++;
        } catch {}
    }

    function stepLot(uint8 which, uint8 lot, uint8 action, uint8 who) external {
        uint64 auction = _auction(which);
        lot %= 4;
        (uint8 before, ) = house.lotOf(auction, lot);
        action = PICK_UP + action % 3;
        uint32 organisation = who % 8 == 0 ? POOL : who % 8 == 1 ? RIVAL : _actor(auction, lot, action);
        IPoolAuction.LotStep memory step = _lotStep(organisation, lot, action);
        step.auction = auction;
        bytes memory signature = _signature(organisation, house.digestOf(step));
        try house.stepLot(step, signature) {
            if (before == DELIVERED || before == FAILED || before == VOID) broken = "a terminal lot moved";
            steps++;
        } catch {}
    }

    function withdraw(uint8 who, uint96 amount) external {
        uint32 organisation = who % 3 == 0 ? POOL : _carrier(who);
        IPoolAuction.Withdrawal memory withdrawal = _withdrawal(organisation, amount % 3_000, address(0xca));
        bytes memory signature = _signature(organisation, house.digestOf(withdrawal));
        try house.withdraw(withdrawal, signature) {
            steps++;
        } catch {}
    }

    function wait_(uint16 seconds_) external {
        vm.warp(block.timestamp + seconds_ % 3_000);
    }

    /// @notice Goes to the auction's next edge of time.
    function advance(uint8 which) external {
        IPoolAuction.Auction memory auction = house.auctionOf(_auction(which));
        uint64[4] memory edges = [auction.biddingEnds, auction.revealEnds, auction.challengeEnds, auction.performBy];
        for (uint256 i = 0; i < 4; i++) {
            if (block.timestamp < edges[i]) return vm.warp(edges[i]);
        }
    }

    /// @notice Reveals every bid that can be revealed now.
    function revealAll(uint8 which) external {
        uint64 auction = _auction(which);
        uint16 bids = house.auctionOf(auction).bidCount;
        for (uint8 i = 0; i < bids; i++) {
            try house.reveal(auction, i, _contents[auction][i].lots, _contents[auction][i].price, SALT) {
                steps++;
            } catch {}
        }
    }

    /// @notice Takes an auction from its first bids to what follows the award, so that random steps meet won bids.
    function runThrough(uint8 which, uint64 lots, uint96 price, uint256 bids) external {
        this.fund(0, 4_000);
        this.bid(0, which, lots | 3, price | 1);
        this.bid(1, which, ~lots, price | 1);
        this.advance(which);
        this.revealAll(which);
        this.advance(which);
        this.propose(which, bids);
        this.advance(which);
        this.finalise(which);
        this.advance(which);
    }

    /// @notice Bonds that bids lock now: sealed, revealed and won ones.
    function lockedBonds() external view returns (uint256 locked) {
        for (uint256 i = 0; i < auctions.length; i++) {
            IPoolAuction.Auction memory auction = house.auctionOf(auctions[i]);
            for (uint256 number = 0; number < auction.bidCount; number++) {
                IPoolAuction.BidStatus status = house.bidOf(auctions[i], uint8(number)).status;
                bool isLocked = status == IPoolAuction.BidStatus.Sealed ||
                    status == IPoolAuction.BidStatus.Revealed ||
                    status == IPoolAuction.BidStatus.Won;
                if (isLocked) locked += auction.bond;
            }
        }
    }

    /// @notice Deposits that no bid locks, over all who may have one.
    function freeDeposits() external view returns (uint256) {
        return
            house.freeDepositOf(CARRIER, address(token)) +
            house.freeDepositOf(RIVAL, address(token)) +
            house.freeDepositOf(POOL, address(token));
    }

    function auctionCount() external view returns (uint256) {
        return auctions.length;
    }

    function _carrier(uint8 who) private pure returns (uint32) {
        return who % 2 == 0 ? CARRIER : RIVAL;
    }

    function _actor(uint64 auction, uint8 lot, uint8 action) private view returns (uint32) {
        if (action != PICK_UP) return POOL;
        IPoolAuction.Auction memory opened = house.auctionOf(auction);
        for (uint8 i = 0; i < opened.bidCount; i++) {
            IPoolAuction.Bid memory placed = house.bidOf(auction, i);
            if ((opened.standing >> i) & 1 == 1 && (placed.lots >> lot) & 1 == 1) return placed.organisation;
        }
        return CARRIER;
    }

    function _auction(uint8 which) private view returns (uint64) {
        return TENDER + uint64(which % (auctions.length + 1));
    }
}
