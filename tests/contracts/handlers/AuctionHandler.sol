// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrgRegistry} from "../../../contracts/interfaces/IOrgRegistry.sol";
import {IPoolAuction} from "../../../contracts/interfaces/IPoolAuction.sol";
import {FreeToken} from "../../../contracts/mocks/Tokens.sol";
import {AuctionNetwork} from "../fixtures/AuctionNetwork.sol";

/// @notice Takes random steps in random auctions, some of which have to be refused, and remembers what must hold.
contract AuctionHandler is AuctionNetwork {
    uint256 private constant AUCTIONS_MAX = 3;

    uint64[] public auctions;
    uint256 public steps;
    string public broken;
    /// @notice Bitmaps of the states that bids and lots have been seen in.
    uint256 public bidStatusesSeen;
    uint256 public lotStatesSeen;

    struct Contents {
        uint64 lots;
        uint96 price;
    }

    mapping(uint64 auction => mapping(uint8 bid => Contents)) private _contents;
    mapping(uint64 auction => mapping(uint8 bid => IPoolAuction.BidStatus)) private _statuses;
    mapping(uint64 auction => mapping(uint8 lot => uint8)) private _states;

    /// @dev After each step, every bid and lot stands where it stood or one step on.
    modifier watched() {
        _;
        for (uint256 i = 0; i < auctions.length; i++) _watch(auctions[i]);
    }

    constructor(IOrgRegistry registry_, IPoolAuction house_, FreeToken token_) {
        (registry, house, token) = (registry_, house_, token_);
    }

    function fund(uint8 who, uint96 amount) external watched {
        _fund(_carrier(who), amount % 5_000);
    }

    function open(uint8 lotCount, uint16 bond) external watched {
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

    function bid(uint8 who, uint8 which, uint64 lots, uint96 price) external watched {
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
            _checkNonce(carrier, sealedBid.nonce);
            steps++;
        } catch {}
    }

    function reveal(uint8 which, uint8 number) external watched {
        uint64 auction = _auction(which);
        uint16 bids = house.auctionOf(auction).bidCount;
        if (bids == 0) return;
        number = uint8(number % bids);
        Contents memory contents = _contents[auction][number];
        try house.reveal(auction, number, contents.lots, contents.price, SALT) {
            steps++;
        } catch {}
    }

    function propose(uint8 which, uint256 bids) external watched {
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

    function finalise(uint8 which) external watched {
        uint64 auction = _auction(which);
        IPoolAuction.Auction memory before = house.auctionOf(auction);
        try house.finalise(auction) {
            if (before.isFinalised) broken = "finalised twice";
            bool isLate = block.timestamp >= before.performBy;
            uint256 standing = house.auctionOf(auction).standing;
            if (standing != (isLate ? 0 : before.standing)) broken = "another allocation is final";
            steps++;
        } catch {}
    }

    function stepLot(uint8 which, uint8 lot, uint8 action, uint8 who) external watched {
        uint64 auction = _auction(which);
        lot %= 4;
        (uint8 before, ) = house.lotOf(auction, lot);
        action = PICK_UP + action % 3;
        uint32 winner = _winner(auction, lot);
        uint32 organisation = action == PICK_UP || who % 4 == 0 ? winner : who % 8 == 1 ? RIVAL : POOL;
        IPoolAuction.LotStep memory step = _lotStep(organisation, lot, action);
        step.auction = auction;
        bytes memory signature = _signature(organisation, house.digestOf(step));
        try house.stepLot(step, signature) {
            _checkTurn(auction, before, action, organisation == winner);
            _checkNonce(organisation, step.nonce);
            try house.stepLot(step, signature) {
                broken = "a step was replayed";
            } catch {}
            steps++;
        } catch {}
    }

    function withdraw(uint8 who, uint96 amount) external watched {
        uint32 organisation = who % 3 == 0 ? POOL : _carrier(who);
        IPoolAuction.Withdrawal memory withdrawal = _withdrawal(organisation, amount % 3_000, address(0xca));
        bytes memory signature = _signature(organisation, house.digestOf(withdrawal));
        try house.withdraw(withdrawal, signature) {
            _checkNonce(organisation, withdrawal.nonce);
            try house.withdraw(withdrawal, signature) {
                broken = "a withdrawal was replayed";
            } catch {}
            steps++;
        } catch {}
    }

    function wait_(uint16 seconds_) external {
        vm.warp(block.timestamp + seconds_ % 3_000);
    }

    /// @notice Goes to the auction's next edge of time.
    function advance(uint8 which) external {
        IPoolAuction.Auction memory auction = house.auctionOf(_auction(which));
        uint64[5] memory edges = [
            auction.biddingEnds,
            auction.revealEnds,
            auction.challengeEnds,
            auction.performBy,
            auction.performBy + house.CONFIRMATION_PERIOD()
        ];
        for (uint256 i = 0; i < 5; i++) {
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
    /// @param isLate Finalises only when nothing can be awarded any more.
    function runThrough(uint8 which, uint64 lots, uint96 price, uint256 bids, bool isLate) external {
        this.fund(0, 4_000);
        this.bid(0, which, lots | 3, price | 1);
        this.bid(1, which, ~lots, price | 1);
        this.advance(which);
        this.revealAll(which);
        this.advance(which);
        this.propose(which, bids);
        this.advance(which);
        if (isLate) this.advance(which);
        this.finalise(which);
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

    function _watch(uint64 auction) private {
        IPoolAuction.Auction memory opened = house.auctionOf(auction);
        for (uint8 i = 0; i < opened.bidCount; i++) {
            IPoolAuction.BidStatus status = house.bidOf(auction, i).status;
            if (!_isNextStatus(_statuses[auction][i], status)) broken = "a bid jumped";
            _statuses[auction][i] = status;
            bidStatusesSeen |= 1 << uint8(status);
        }
        for (uint8 lot = 0; lot < opened.lotCount; lot++) {
            (uint8 state, ) = house.lotOf(auction, lot);
            if (!_isNextState(_states[auction][lot], state)) broken = "a lot jumped";
            _states[auction][lot] = state;
            lotStatesSeen |= 1 << state;
        }
    }

    /// @dev Nothing leads out of Released and Forfeited: a bond moves once.
    function _isNextStatus(IPoolAuction.BidStatus from, IPoolAuction.BidStatus to) private pure returns (bool) {
        if (from == to) return true;
        if (from == IPoolAuction.BidStatus.None) return to == IPoolAuction.BidStatus.Sealed;
        if (from == IPoolAuction.BidStatus.Sealed) {
            return to == IPoolAuction.BidStatus.Revealed || to == IPoolAuction.BidStatus.Forfeited;
        }
        if (from == IPoolAuction.BidStatus.Revealed) {
            return to == IPoolAuction.BidStatus.Won || to == IPoolAuction.BidStatus.Released;
        }
        if (from != IPoolAuction.BidStatus.Won) return false;
        return to == IPoolAuction.BidStatus.Released || to == IPoolAuction.BidStatus.Forfeited;
    }

    function _isNextState(uint8 from, uint8 to) private pure returns (bool) {
        if (from == to) return true;
        if (from == 0) return to == OPEN;
        if (from == OPEN) return to == AWARDED || to == VOID;
        if (from == AWARDED) return to == IN_TRANSIT || to == FAILED;
        return from == IN_TRANSIT && (to == DELIVERED || to == FAILED);
    }

    function _checkTurn(uint64 auction, uint8 before, uint8 action, bool isWinner) private {
        uint64 performBy = house.auctionOf(auction).performBy;
        bool isOverdue = block.timestamp >= performBy + house.CONFIRMATION_PERIOD();
        if (action == DELIVER && isWinner && !isOverdue) broken = "a winner confirmed early";
        if (action == FAIL && block.timestamp < performBy) broken = "a lot failed early";
        if (action == FAIL && before == IN_TRANSIT && isOverdue) broken = "a lot in transit failed late";
    }

    function _checkNonce(uint32 organisation, uint256 nonce) private {
        if (!house.isNonceUsed(organisation, nonce)) broken = "a nonce is still unused";
    }

    /// @dev The winner of a lot; when there is none, anybody.
    function _winner(uint64 auction, uint8 lot) private view returns (uint32) {
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
