// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IOrgRegistry} from "./interfaces/IOrgRegistry.sol";
import {IPoolAuction} from "./interfaces/IPoolAuction.sol";
import {Allocation} from "./lib/Allocation.sol";
import {AuctionIntents} from "./lib/AuctionIntents.sol";
import {Auctions} from "./lib/Auctions.sol";
import {Authority, Permission, Role} from "./lib/Authority.sol";
import {Deposits} from "./lib/Deposits.sol";
import {LotState} from "./lib/Lifecycle.sol";
import {Lots} from "./lib/Lots.sol";
import {PackedStates} from "./lib/PackedStates.sol";

/// @title Tenders for pooled loads.
/// @notice See IPoolAuction, which says everything that a caller has to know.
contract PoolAuction is IPoolAuction, EIP712, ReentrancyGuardTransient {
    using AuctionIntents for *;
    using Auctions for Auctions.Stored;
    using Authority for Authority.Nonces;
    using Deposits for Deposits.Book;
    using PackedStates for uint256;

    /// @notice Who the members are and which keys speak for them.
    IOrgRegistry public immutable registry;

    /// @inheritdoc IPoolAuction
    uint64 public constant CONFIRMATION_PERIOD = Lots.CONFIRMATION_PERIOD;

    Authority.Nonces private _nonces;
    mapping(uint64 auction => Auctions.Stored) private _auctions;
    Deposits.Book private _deposits;

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
        Auctions.Stored storage stored = _auctions[opening.auction];
        if (stored.auction.organisation != 0) revert AuctionExists(opening.auction);
        stored.open(opening);
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
        Auctions.Stored storage stored = _existing(sealedBid.auction);
        _requireWindow(sealedBid.auction, 0, stored.auction.biddingEnds);
        bid = stored.place(sealedBid.auction, organisation, sealedBid.commitment);
        _deposits.take(organisation, stored.auction.token, stored.auction.bond);
        emit BidCommitted(sealedBid.auction, organisation, bid, sealedBid.commitment, digest);
    }

    /// @inheritdoc IPoolAuction
    function reveal(uint64 auction, uint8 bid, uint64 lots, uint96 price, bytes32 salt) external {
        Auctions.Stored storage stored = _existing(auction);
        _requireWindow(auction, stored.auction.biddingEnds, stored.auction.revealEnds);
        Bid storage placed = stored.bids[bid];
        if (placed.status == BidStatus.None) revert AuctionBidUnknown(auction, bid);
        if (placed.status != BidStatus.Sealed) {
            revert AuctionBidUnexpectedStatus(auction, bid, uint8(placed.status));
        }
        if (commitmentOf(auction, placed.organisation, lots, price, salt) != placed.commitment) {
            revert AuctionRevealDiffers(auction, bid);
        }
        if (!Allocation.isBundle(lots, stored.auction.lotCount)) revert AuctionBundleInvalid(auction, lots);
        placed.status = BidStatus.Revealed;
        placed.lots = lots;
        placed.price = price;
        emit BidRevealed(auction, placed.organisation, bid, lots, price);
    }

    /// @inheritdoc IPoolAuction
    function propose(uint64 auction, uint256 bids) external {
        Auctions.Stored storage stored = _existing(auction);
        _requireWindow(auction, stored.auction.revealEnds, stored.auction.challengeEnds);
        uint128 score = stored.scoreOf(auction, bids);
        uint256 standing = stored.auction.score;
        if (score >= standing) revert AuctionNotBetter(auction, score, standing);
        stored.auction.standing = bids;
        stored.auction.score = score;
        emit AllocationProposed(auction, msg.sender, bids, score);
    }

    /// @inheritdoc IPoolAuction
    function finalise(uint64 auction) external {
        Auctions.Stored storage stored = _existing(auction);
        _requireWindow(auction, stored.auction.challengeEnds, Lots.FOREVER);
        if (stored.auction.isFinalised) revert AuctionAlreadyFinalised(auction);
        stored.auction.isFinalised = true;
        // Nobody could still perform in time, so nobody is bound to.
        if (block.timestamp >= stored.auction.performBy) {
            stored.auction.standing = 0;
            stored.auction.score = stored.emptyScoreOf();
        }
        uint64 covered = 0;
        uint256 count = stored.auction.bidCount;
        for (uint256 i = 0; i < count; i++) {
            covered |= _settleBid(stored, auction, uint8(i));
        }
        stored.lotStates = Lots.settled(stored.auction.lotCount, covered);
        emit AuctionFinalised(auction, stored.auction.standing, stored.auction.score);
    }

    /// @inheritdoc IPoolAuction
    function stepLot(LotStep calldata step, bytes calldata signature) external {
        bytes32 digest = digestOf(step);
        _authorise(digest, step.organisation, step.nonce, step.deadline, signature);
        Auctions.Stored storage stored = _existing(step.auction);
        uint8 state = stored.stateOf(step.lot);
        uint16 allowed = Lots.allowedFrom(step.action);
        if ((allowed >> state) & 1 == 0) {
            revert LotUnexpectedState(step.auction, step.lot, state, allowed);
        }
        uint8 winner = stored.winnerOf(step.lot);
        _requireTurn(stored, step, state, winner);
        LotState next = Lots.target(step.action);
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
        if (organisation == 0 || organisation > registry.organisationCount()) {
            revert AuctionOrganisationUnknown(organisation);
        }
        uint256 arrived = _deposits.draw(organisation, token, amount);
        emit Deposited(organisation, token, arrived);
    }

    /// @inheritdoc IPoolAuction
    function withdraw(Withdrawal calldata withdrawal, bytes calldata signature) external nonReentrant {
        bytes32 digest = digestOf(withdrawal);
        _authorise(digest, withdrawal.organisation, withdrawal.nonce, withdrawal.deadline, signature);
        address to = withdrawal.to;
        if (to == address(0) || to == address(this)) revert AuctionReceiverInvalid(to);
        _deposits.take(withdrawal.organisation, withdrawal.token, withdrawal.amount);
        emit Withdrawn(withdrawal.organisation, withdrawal.token, withdrawal.amount, to);
        Deposits.send(withdrawal.token, to, withdrawal.amount);
    }

    /// @inheritdoc IPoolAuction
    function freeDepositOf(uint32 organisation, address token) external view returns (uint256) {
        return _deposits.free[organisation][token];
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
        Auctions.Stored storage stored = _auctions[auction];
        if (lot >= stored.auction.lotCount) return (0, 0);
        return (stored.stateOf(lot), stored.reserves[lot]);
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

    function _existing(uint64 auction) private view returns (Auctions.Stored storage stored) {
        stored = _auctions[auction];
        if (stored.auction.organisation == 0) revert AuctionUnknown(auction);
    }

    /// @dev Whose turn it is and whether its time has come, once the lot's state allows the step.
    function _requireTurn(
        Auctions.Stored storage stored,
        LotStep calldata step,
        uint8 state,
        uint8 winner
    ) private view {
        uint64 performBy = stored.auction.performBy;
        bool isPool = step.organisation == stored.auction.organisation;
        bool isWinner = step.organisation == stored.bids[winner].organisation;
        if (!Lots.isOpenTo(step.action, isPool, isWinner, Lots.isOverdue(performBy, block.timestamp))) {
            revert AuctionActorWrong(step.auction, step.lot, step.organisation);
        }
        (uint64 from, uint64 until) = Lots.windowOf(step.action, state, performBy);
        _requireWindow(step.auction, from, until);
    }

    /// @dev Settles one bid when the auction becomes final.
    /// @return covered The lots it has won.
    function _settleBid(Auctions.Stored storage stored, uint64 auction, uint8 bid) private returns (uint64 covered) {
        Bid storage placed = stored.bids[bid];
        if (placed.status == BidStatus.Sealed) {
            _forfeit(stored, auction, bid);
        } else if ((stored.auction.standing >> bid) & 1 == 1) {
            placed.status = BidStatus.Won;
            placed.undelivered = uint8(Allocation.sizeOf(placed.lots)); // 1 to 5
            covered = placed.lots;
        } else {
            _release(stored, auction, bid);
        }
    }

    function _onDelivered(Auctions.Stored storage stored, uint64 auction, uint8 bid) private {
        Bid storage won = stored.bids[bid];
        won.undelivered--;
        if (won.undelivered == 0 && won.status == BidStatus.Won) _release(stored, auction, bid);
    }

    /// @dev Frees a bid's bond for its bidder.
    function _release(Auctions.Stored storage stored, uint64 auction, uint8 bid) private {
        Bid storage placed = stored.bids[bid];
        placed.status = BidStatus.Released;
        _deposits.put(placed.organisation, stored.auction.token, stored.auction.bond);
        emit BondReleased(auction, placed.organisation, bid, stored.auction.bond);
    }

    /// @dev Gives a bid's bond to the pool operator, once: a second failed lot of the same bid finds it gone.
    function _forfeit(Auctions.Stored storage stored, uint64 auction, uint8 bid) private {
        Bid storage placed = stored.bids[bid];
        if (placed.status == BidStatus.Forfeited) return;
        placed.status = BidStatus.Forfeited;
        _deposits.put(stored.auction.organisation, stored.auction.token, stored.auction.bond);
        emit BondForfeited(auction, placed.organisation, bid, stored.auction.bond);
    }
}
