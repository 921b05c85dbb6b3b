// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IOrgRegistry} from "./interfaces/IOrgRegistry.sol";
import {IPoolAuction} from "./interfaces/IPoolAuction.sol";
import {AuctionIntents} from "./lib/AuctionIntents.sol";
import {Authority, Permission, Role} from "./lib/Authority.sol";
import {LotAction, LotState} from "./lib/Lifecycle.sol";
import {PackedStates} from "./lib/PackedStates.sol";

/// @title Tenders for pooled loads.
/// @notice See IPoolAuction, which says everything that a caller has to know.
contract PoolAuction is IPoolAuction, EIP712, ReentrancyGuardTransient {
    using AuctionIntents for *;
    using Authority for Authority.Nonces;
    using PackedStates for uint256;
    using SafeERC20 for IERC20;

    /// @notice Who the members are and which keys speak for them.
    IOrgRegistry public immutable registry;

    uint256 private constant MAX_LOTS = 64;
    uint256 private constant MAX_BIDS = 256;
    uint256 private constant MAX_BUNDLE = 5;
    uint64 private constant FOREVER = type(uint64).max;

    /// @dev An auction with what belongs to it. `lotStates` packs 64 states of four bits.
    struct Stored {
        Auction auction;
        uint256 lotStates;
        uint96[] reserves;
        mapping(uint8 bid => Bid) bids;
    }

    Authority.Nonces private _nonces;
    mapping(uint64 auction => Stored) private _auctions;
    mapping(uint32 organisation => mapping(address token => uint256 amount)) private _free;

    constructor(IOrgRegistry registry_) EIP712("Consign PoolAuction", "1") {
        registry = registry_;
    }

    /// @inheritdoc IPoolAuction
    function open(Opening calldata opening, bytes calldata signature) external {
        bytes32 digest = digestOf(opening);
        _authorise(digest, opening.organisation, opening.nonce, opening.deadline, signature);
        _requireRole(opening.organisation, Role.POOL);
        if (opening.auction >> 32 != opening.organisation) {
            revert AuctionNumberForeign(opening.auction, opening.organisation);
        }
        Stored storage stored = _auctions[opening.auction];
        if (stored.auction.organisation != 0) revert AuctionExists(opening.auction);
        uint256 lotCount = opening.reserves.length;
        if (lotCount == 0 || lotCount > MAX_LOTS) revert AuctionLotsInvalid(lotCount);
        if (!_areTimesInOrder(opening)) {
            revert AuctionTimesInvalid(
                opening.biddingEnds,
                opening.revealEnds,
                opening.challengeEnds,
                opening.performBy
            );
        }
        _store(stored, opening);
        emit AuctionOpened(
            opening.auction,
            opening.organisation,
            opening.token,
            opening.bond,
            opening.biddingEnds,
            opening.revealEnds,
            opening.challengeEnds,
            opening.performBy,
            opening.specification,
            opening.manifest,
            opening.reserves,
            digest
        );
    }

    /// @inheritdoc IPoolAuction
    function commit(SealedBid calldata sealedBid, bytes calldata signature) external returns (uint8 bid) {
        bytes32 digest = digestOf(sealedBid);
        uint32 organisation = sealedBid.organisation;
        _authorise(digest, organisation, sealedBid.nonce, sealedBid.deadline, signature);
        _requireRole(organisation, Role.CARRIER);
        Stored storage stored = _existing(sealedBid.auction);
        Auction storage auction = stored.auction;
        _requireWindow(sealedBid.auction, 0, auction.biddingEnds);
        if (auction.bidCount == MAX_BIDS) revert AuctionBidLimit(sealedBid.auction);
        bid = uint8(auction.bidCount++);
        stored.bids[bid] = Bid(organisation, BidStatus.Sealed, 0, 0, 0, sealedBid.commitment);
        _take(organisation, auction.token, auction.bond);
        emit BidCommitted(sealedBid.auction, organisation, bid, sealedBid.commitment, digest);
    }

    /// @inheritdoc IPoolAuction
    function reveal(uint64 auction, uint8 bid, uint64 lots, uint96 price, bytes32 salt) external {
        Stored storage stored = _existing(auction);
        _requireWindow(auction, stored.auction.biddingEnds, stored.auction.revealEnds);
        Bid storage placed = stored.bids[bid];
        if (placed.status == BidStatus.None) revert AuctionBidUnknown(auction, bid);
        if (placed.status != BidStatus.Sealed) {
            revert AuctionBidUnexpectedStatus(auction, bid, uint8(placed.status));
        }
        if (commitmentOf(auction, placed.organisation, lots, price, salt) != placed.commitment) {
            revert AuctionRevealDiffers(auction, bid);
        }
        uint256 size = _popCount(lots);
        if (size == 0 || size > MAX_BUNDLE || uint256(lots) >> stored.auction.lotCount != 0) {
            revert AuctionBundleInvalid(auction, lots);
        }
        placed.status = BidStatus.Revealed;
        placed.lots = lots;
        placed.price = price;
        emit BidRevealed(auction, placed.organisation, bid, lots, price);
    }

    /// @inheritdoc IPoolAuction
    function propose(uint64 auction, uint256 bids) external {
        Stored storage stored = _existing(auction);
        _requireWindow(auction, stored.auction.revealEnds, stored.auction.challengeEnds);
        uint256 score = _score(stored, auction, bids);
        uint256 standing = stored.auction.score;
        if (score >= standing) revert AuctionNotBetter(auction, score, standing);
        stored.auction.standing = bids;
        stored.auction.score = score;
        emit AllocationProposed(auction, msg.sender, bids, score);
    }

    /// @inheritdoc IPoolAuction
    function finalise(uint64 auction) external {
        Stored storage stored = _existing(auction);
        _requireWindow(auction, stored.auction.challengeEnds, FOREVER);
        if (stored.auction.isFinalised) revert AuctionAlreadyFinalised(auction);
        stored.auction.isFinalised = true;
        uint256 covered = 0;
        uint256 count = stored.auction.bidCount;
        for (uint256 i = 0; i < count; i++) {
            covered |= _settleBid(stored, auction, uint8(i));
        }
        uint256 states = 0;
        for (uint32 lot = 0; lot < stored.auction.lotCount; lot++) {
            LotState state = (covered >> lot) & 1 == 1 ? LotState.Awarded : LotState.Void;
            states = states.write(lot, uint8(state));
        }
        stored.lotStates = states;
        emit AuctionFinalised(auction, stored.auction.standing, stored.auction.score);
    }

    /// @inheritdoc IPoolAuction
    function stepLot(LotStep calldata step, bytes calldata signature) external {
        bytes32 digest = digestOf(step);
        _authorise(digest, step.organisation, step.nonce, step.deadline, signature);
        Stored storage stored = _existing(step.auction);
        // A lot beyond the last does not exist (None); packed states would show it as another lot's.
        uint8 state = step.lot < stored.auction.lotCount ? stored.lotStates.read(step.lot) : 0;
        uint16 allowed = _allowedFrom(step.action);
        if ((allowed >> state) & 1 == 0) {
            revert LotUnexpectedState(step.auction, step.lot, state, allowed);
        }
        uint8 winner = _winnerOf(stored, step.lot);
        LotState next = _nextState(stored, step, winner);
        stored.lotStates = stored.lotStates.write(step.lot, uint8(next));
        if (next == LotState.Delivered) _onDelivered(stored, step.auction, winner);
        if (next == LotState.Failed) _forfeit(stored, step.auction, winner);
        emit LotStepped(
            step.auction,
            step.organisation,
            step.lot,
            step.action,
            uint8(next),
            step.document,
            step.manifest,
            digest
        );
    }

    /// @inheritdoc IPoolAuction
    function deposit(uint32 organisation, address token, uint256 amount) external nonReentrant {
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        uint256 arrived = IERC20(token).balanceOf(address(this)) - before;
        _free[organisation][token] += arrived;
        emit Deposited(organisation, token, arrived);
    }

    /// @inheritdoc IPoolAuction
    function withdraw(Withdrawal calldata withdrawal, bytes calldata signature) external nonReentrant {
        bytes32 digest = digestOf(withdrawal);
        _authorise(digest, withdrawal.organisation, withdrawal.nonce, withdrawal.deadline, signature);
        _take(withdrawal.organisation, withdrawal.token, withdrawal.amount);
        emit Withdrawn(withdrawal.organisation, withdrawal.token, withdrawal.amount, withdrawal.to);
        IERC20(withdrawal.token).safeTransfer(withdrawal.to, withdrawal.amount);
    }

    /// @inheritdoc IPoolAuction
    function freeDepositOf(uint32 organisation, address token) external view returns (uint256) {
        return _free[organisation][token];
    }

    /// @inheritdoc IPoolAuction
    function auctionOf(uint64 auction) external view returns (Auction memory) {
        return _auctions[auction].auction;
    }

    /// @inheritdoc IPoolAuction
    function bidOf(uint64 auction, uint8 bid) external view returns (Bid memory) {
        return _auctions[auction].bids[bid];
    }

    /// @inheritdoc IPoolAuction
    function lotOf(uint64 auction, uint8 lot) external view returns (uint8 state, uint96 reserve) {
        Stored storage stored = _auctions[auction];
        if (lot >= stored.reserves.length) return (0, 0);
        return (stored.lotStates.read(lot), stored.reserves[lot]);
    }

    /// @inheritdoc IPoolAuction
    function isNonceUsed(uint32 organisation, uint256 nonce) external view returns (bool) {
        return _nonces.isUsed(organisation, nonce);
    }

    /// @inheritdoc IPoolAuction
    function commitmentOf(
        uint64 auction,
        uint32 organisation,
        uint64 lots,
        uint96 price,
        bytes32 salt
    ) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), auction, organisation, lots, price, salt));
    }

    /// @inheritdoc IPoolAuction
    function digestOf(Opening calldata opening) public view returns (bytes32) {
        return _hashTypedDataV4(opening.hash());
    }

    /// @inheritdoc IPoolAuction
    function digestOf(SealedBid calldata sealedBid) public view returns (bytes32) {
        return _hashTypedDataV4(sealedBid.hash());
    }

    /// @inheritdoc IPoolAuction
    function digestOf(LotStep calldata step) public view returns (bytes32) {
        return _hashTypedDataV4(step.hash());
    }

    /// @inheritdoc IPoolAuction
    function digestOf(Withdrawal calldata withdrawal) public view returns (bytes32) {
        return _hashTypedDataV4(withdrawal.hash());
    }

    function _authorise(
        bytes32 digest,
        uint32 organisation,
        uint256 nonce,
        uint64 deadline,
        bytes calldata signature
    ) private {
        bytes memory problem = _nonces.admit(
            registry,
            digest,
            organisation,
            Permission.TRADE,
            nonce,
            deadline,
            signature
        );
        if (problem.length != 0) Authority.revertWith(problem);
    }

    function _requireRole(uint32 organisation, uint32 role) private view {
        if (registry.rolesOf(organisation) & role == 0) revert AuctionRoleMissing(organisation, role);
    }

    function _requireWindow(uint64 auction, uint64 from, uint64 until) private view {
        if (block.timestamp < from || block.timestamp >= until) {
            revert AuctionOutsideWindow(auction, from, until, block.timestamp);
        }
    }

    function _existing(uint64 auction) private view returns (Stored storage stored) {
        stored = _auctions[auction];
        if (stored.auction.organisation == 0) revert AuctionUnknown(auction);
    }

    function _areTimesInOrder(Opening calldata opening) private view returns (bool) {
        return
            block.timestamp < opening.biddingEnds &&
            opening.biddingEnds < opening.revealEnds &&
            opening.revealEnds < opening.challengeEnds &&
            opening.challengeEnds < opening.performBy;
    }

    function _store(Stored storage stored, Opening calldata opening) private {
        Auction storage auction = stored.auction;
        auction.organisation = opening.organisation;
        auction.lotCount = uint8(opening.reserves.length);
        auction.token = opening.token;
        auction.bond = opening.bond;
        auction.biddingEnds = opening.biddingEnds;
        auction.revealEnds = opening.revealEnds;
        auction.challengeEnds = opening.challengeEnds;
        auction.performBy = opening.performBy;
        auction.specification = opening.specification;
        stored.reserves = opening.reserves;
        uint256 states = 0;
        uint256 score = 0;
        for (uint32 lot = 0; lot < opening.reserves.length; lot++) {
            states = states.write(lot, uint8(LotState.Open));
            score += opening.reserves[lot];
        }
        stored.lotStates = states;
        auction.score = score;
    }

    /// @dev The score of an allocation; reverts when it is not feasible.
    function _score(Stored storage stored, uint64 auction, uint256 bids) private view returns (uint256 score) {
        uint256 count = stored.auction.bidCount;
        // A shift by 256 is zero, so a full house of bids passes.
        if (bids >> count != 0) revert AuctionBidUnknown(auction, _highestBit(bids));
        uint256 covered = 0;
        for (uint256 i = 0; i < count; i++) {
            if ((bids >> i) & 1 == 0) continue;
            Bid storage chosen = stored.bids[uint8(i)];
            if (chosen.status != BidStatus.Revealed) {
                revert AuctionBidUnexpectedStatus(auction, uint8(i), uint8(chosen.status));
            }
            if (covered & chosen.lots != 0) revert AuctionLotsOverlap(auction, uint8(i));
            covered |= chosen.lots;
            score += chosen.price;
        }
        for (uint256 lot = 0; lot < stored.auction.lotCount; lot++) {
            if ((covered >> lot) & 1 == 0) score += stored.reserves[lot];
        }
    }

    /// @dev Settles one bid when the auction becomes final.
    /// @return covered The lots it has won.
    function _settleBid(Stored storage stored, uint64 auction, uint8 bid) private returns (uint256 covered) {
        Bid storage placed = stored.bids[bid];
        if (placed.status == BidStatus.Sealed) {
            _forfeit(stored, auction, bid);
        } else if ((stored.auction.standing >> bid) & 1 == 1) {
            placed.status = BidStatus.Won;
            placed.undelivered = uint8(_popCount(placed.lots));
            covered = placed.lots;
        } else {
            _release(stored, auction, bid);
        }
    }

    function _allowedFrom(uint8 action) private pure returns (uint16) {
        if (action == LotAction.PICK_UP) return uint16(1 << uint8(LotState.Awarded));
        if (action == LotAction.DELIVER) return uint16(1 << uint8(LotState.InTransit));
        if (action == LotAction.FAIL) {
            return uint16((1 << uint8(LotState.Awarded)) | (1 << uint8(LotState.InTransit)));
        }
        revert LotActionUnknown(action);
    }

    /// @dev Where a step leads, once it is clear that its organisation may take it.
    function _nextState(Stored storage stored, LotStep calldata step, uint8 winner) private view returns (LotState) {
        bool isPickUp = step.action == LotAction.PICK_UP;
        uint32 actor = isPickUp ? stored.bids[winner].organisation : stored.auction.organisation;
        if (step.organisation != actor) revert AuctionActorWrong(step.auction, step.lot, step.organisation);
        if (isPickUp) return LotState.InTransit;
        if (step.action == LotAction.DELIVER) return LotState.Delivered;
        _requireWindow(step.auction, stored.auction.performBy, FOREVER);
        return LotState.Failed;
    }

    /// @dev The winning bid that covers a lot. The lot is awarded, so there is one.
    function _winnerOf(Stored storage stored, uint8 lot) private view returns (uint8) {
        uint256 standing = stored.auction.standing;
        for (uint256 i = 0; i < stored.auction.bidCount; i++) {
            if ((standing >> i) & 1 == 1 && (stored.bids[uint8(i)].lots >> lot) & 1 == 1) return uint8(i);
        }
        assert(false);
        return 0;
    }

    function _onDelivered(Stored storage stored, uint64 auction, uint8 bid) private {
        Bid storage won = stored.bids[bid];
        won.undelivered--;
        if (won.undelivered == 0 && won.status == BidStatus.Won) _release(stored, auction, bid);
    }

    /// @dev Frees a bid's bond for its bidder.
    function _release(Stored storage stored, uint64 auction, uint8 bid) private {
        Bid storage placed = stored.bids[bid];
        placed.status = BidStatus.Released;
        _free[placed.organisation][stored.auction.token] += stored.auction.bond;
        emit BondReleased(auction, placed.organisation, bid, stored.auction.bond);
    }

    /// @dev Gives a bid's bond to the pool operator, once: a second failed lot of the same bid finds it gone.
    function _forfeit(Stored storage stored, uint64 auction, uint8 bid) private {
        Bid storage placed = stored.bids[bid];
        if (placed.status == BidStatus.Forfeited) return;
        placed.status = BidStatus.Forfeited;
        _free[stored.auction.organisation][stored.auction.token] += stored.auction.bond;
        emit BondForfeited(auction, placed.organisation, bid, stored.auction.bond);
    }

    function _take(uint32 organisation, address token, uint256 amount) private {
        uint256 available = _free[organisation][token];
        if (available < amount) revert AuctionBalanceTooLow(organisation, token, available, amount);
        _free[organisation][token] = available - amount;
    }

    function _popCount(uint64 bits) private pure returns (uint256 count) {
        for (; bits != 0; bits &= bits - 1) count++;
    }

    function _highestBit(uint256 bits) private pure returns (uint8 place) {
        while (bits >> 1 != 0) {
            bits >>= 1;
            place++;
        }
    }
}
