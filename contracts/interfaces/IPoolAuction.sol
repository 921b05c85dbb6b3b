// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Tenders for pooled loads: sealed bids over bundles of lots, bonds, and an allocation that anyone may better.
/// @notice A pool operator opens an auction of up to 64 lots. Carriers commit to sealed bids, each under a bond, and
/// reveal them. Then anyone may propose an allocation; the one with the lowest score stands, and any feasible one with
/// a strictly lower score replaces it until the challenge ends:
///
///     score = sum of the chosen bids' prices + sum of the reserve prices of the lots that stay uncovered
///
/// @dev All windows are half-open, judged by block time: bidding [opening, biddingEnds), revealing [biddingEnds,
/// revealEnds), challenge [revealEnds, challengeEnds), finalising from challengeEnds on; from performBy on it awards
/// nothing. What became of an awarded lot:
///
///                 | before performBy      | CONFIRMATION_PERIOD from then | afterwards
///     awarded     | winner: pick_up       | pool: fail                    | pool: fail
///     in transit  | pool: deliver         | pool: deliver, fail           | pool or winner: deliver
///
/// Auctions are numbered by the pool operator: its organisation in the upper 32 bits, its own serial below.
///
/// Assumptions that keep it safe: the bond token moves what it says or reverts, and no balance shrinks by itself (what
/// arrives is measured, so that a fee on transfer is the depositor's; the losses of a token that is rebased downward
/// fall on whoever withdraws last, of that token alone); block time is right to within the windows' margins; while
/// the confirmation period lasts, the pool operator says truly which lots in transit were delivered. Assumptions that
/// keep it live: bidders reveal for themselves or hand salt and price to anybody; somebody finalises; the token does
/// not block this contract.
///
/// Warning: picking up is the winner's own word. A pool operator whose load was not delivered says so before performBy +
/// CONFIRMATION_PERIOD; afterwards its silence counts for the carrier.
interface IPoolAuction {
    /// @notice What a pool operator signs to open an auction.
    /// @param organisation The pool operator.
    /// @param auction Its number for the auction.
    /// @param token ERC-20 in which bonds are held.
    /// @param bond Locked by each bid, in the token's minor unit.
    /// @param performBy Unix seconds from which an undelivered lot may be declared failed, and nothing is awarded.
    /// @param specification Commitment of the document that describes the lots.
    /// @param manifest SHA-256 of the block that lists the sealed specification.
    /// @param reserves Reserve price of each lot in the auction's minor unit: what leaving it uncovered counts.
    struct Opening {
        uint32 organisation;
        uint64 auction;
        address token;
        uint96 bond;
        uint64 biddingEnds;
        uint64 revealEnds;
        uint64 challengeEnds;
        uint64 performBy;
        bytes32 specification;
        bytes32 manifest;
        uint96[] reserves;
        uint64 deadline;
        uint256 nonce;
    }

    /// @notice What a carrier signs to place a sealed bid.
    /// @param commitment `commitmentOf(auction, organisation, lots, price, salt)`.
    struct SealedBid {
        uint32 organisation;
        uint64 auction;
        bytes32 commitment;
        uint64 deadline;
        uint256 nonce;
    }

    /// @notice What a carrier or pool operator signs to move an awarded lot on.
    /// @param document Commitment of the proof of pick-up, delivery or failure; zero when none.
    struct LotStep {
        uint32 organisation;
        uint64 auction;
        uint8 lot;
        uint8 action;
        bytes32 document;
        bytes32 manifest;
        uint64 deadline;
        uint256 nonce;
    }

    /// @notice What an organisation signs to take free bonds out.
    struct Withdrawal {
        uint32 organisation;
        address token;
        uint256 amount;
        address to;
        uint64 deadline;
        uint256 nonce;
    }

    /// @notice What the contract remembers of an auction; `standing` is a bitmap of bids.
    /// @dev In the order that fills slots with what is read together; a score stays below 2 ** 103.
    struct Auction {
        uint32 organisation;
        uint8 lotCount;
        uint16 bidCount;
        bool isFinalised;
        uint64 biddingEnds;
        uint64 revealEnds;
        uint64 performBy;
        address token;
        uint96 bond;
        uint64 challengeEnds;
        uint128 score;
        bytes32 specification;
        uint256 standing;
    }

    enum BidStatus {
        None,
        Sealed,
        Revealed,
        Won,
        Released,
        Forfeited
    }

    /// @notice What the contract remembers of a bid.
    /// @param lots Bitmap of the lots it covers; zero until revealed.
    /// @param undelivered How many of its lots are not delivered yet; counts from the award.
    struct Bid {
        uint32 organisation;
        BidStatus status;
        uint8 undelivered;
        uint64 lots;
        uint96 price;
        bytes32 commitment;
    }

    event AuctionOpened(
        uint64 indexed auction,
        uint32 indexed organisation,
        address token,
        uint96 bond,
        uint64 biddingEnds,
        uint64 revealEnds,
        uint64 challengeEnds,
        uint64 performBy,
        bytes32 specification,
        bytes32 manifest,
        uint96[] reserves,
        bytes32 intent
    );
    event BidCommitted(
        uint64 indexed auction,
        uint32 indexed organisation,
        uint8 bid,
        bytes32 commitment,
        bytes32 intent
    );
    event BidRevealed(uint64 indexed auction, uint32 indexed organisation, uint8 bid, uint64 lots, uint96 price);
    event AllocationProposed(uint64 indexed auction, address indexed proposer, uint256 bids, uint256 score);
    event AuctionFinalised(uint64 indexed auction, uint256 bids, uint256 score);
    event LotStepped(
        uint64 indexed auction,
        uint32 indexed organisation,
        uint8 lot,
        uint8 action,
        uint8 state,
        bytes32 document,
        bytes32 manifest,
        bytes32 intent
    );
    event BondReleased(uint64 indexed auction, uint32 indexed organisation, uint8 bid, uint256 amount);
    event BondForfeited(uint64 indexed auction, uint32 indexed organisation, uint8 bid, uint256 amount);
    event Deposited(uint32 indexed organisation, address indexed token, uint256 amount);
    event Withdrawn(uint32 indexed organisation, address indexed token, uint256 amount, address to);

    error AuctionUnknown(uint64 auction);
    error AuctionExists(uint64 auction);
    error AuctionNumberForeign(uint64 auction, uint32 organisation);
    error AuctionTimesInvalid(uint64 biddingEnds, uint64 revealEnds, uint64 challengeEnds, uint64 performBy);
    error AuctionLotsInvalid(uint256 count);
    error AuctionRoleMissing(uint32 organisation, uint32 role);
    error AuctionOutsideWindow(uint64 auction, uint64 from, uint64 until, uint256 blockTime);
    error AuctionAlreadyFinalised(uint64 auction);
    error AuctionBidLimit(uint64 auction);
    error AuctionBidderLimit(uint64 auction, uint32 organisation);
    error AuctionBidUnknown(uint64 auction, uint8 bid);
    error AuctionBidUnexpectedStatus(uint64 auction, uint8 bid, uint8 current);
    error AuctionRevealDiffers(uint64 auction, uint8 bid);
    error AuctionBundleInvalid(uint64 auction, uint64 lots);
    error AuctionLotsOverlap(uint64 auction, uint8 bid);
    error AuctionNotBetter(uint64 auction, uint256 score, uint256 standing);
    error AuctionActorWrong(uint64 auction, uint8 lot, uint32 organisation);
    error AuctionOrganisationUnknown(uint32 organisation);
    error AuctionReceiverInvalid(address to);
    error AuctionBalanceTooLow(uint32 organisation, address token, uint256 available, uint256 needed);
    error LotUnexpectedState(uint64 auction, uint8 lot, uint8 current, uint16 allowed);
    error LotActionUnknown(uint8 action);

    /// @notice Opens an auction. Requirements: the signer's organisation has the pool role; windows follow one another
    /// and bidding is still to end; performBy leaves room for the confirmation period; 1 to 64 lots.
    function open(Opening calldata opening, bytes calldata signature) external;

    /// @notice Places a sealed bid and locks its bond. Requirements: bidding is on; the organisation has the carrier
    /// role and enough free deposit; fewer than 256 bids were placed, and fewer than 32 by the organisation.
    /// @return bid Its number in the auction.
    function commit(SealedBid calldata sealedBid, bytes calldata signature) external returns (uint8 bid);

    /// @notice Reveals a bid; anyone who knows its contents may. Requirements: revealing is on; the contents are what
    /// was committed to; 1 to 5 lots of the auction.
    function reveal(uint64 auction, uint8 bid, uint64 lots, uint96 price, bytes32 salt) external;

    /// @notice Proposes an allocation; anyone may. Requirements: the challenge is on; all bids are revealed and share
    /// no lot; the score is strictly lower than the standing one (at first: all reserves).
    /// @param bids Bitmap of the chosen bids.
    function propose(uint64 auction, uint256 bids) external;

    /// @notice Makes the standing allocation final; anyone may, once. Covered lots are awarded, the others void; bonds
    /// of losers are free, of silent bidders forfeited to the pool operator. From performBy on nothing is awarded: the
    /// empty allocation is the final one.
    function finalise(uint64 auction) external;

    /// @notice Moves an awarded lot on. Requirements: as in the lifecycle table, which the picture above shows.
    function stepLot(LotStep calldata step, bytes calldata signature) external;

    /// @notice Adds to an organisation's free deposit from the caller's tokens; what arrives counts. Requirements: the
    /// registry knows the organisation.
    function deposit(uint32 organisation, address token, uint256 amount) external;

    /// @notice Takes free deposit out. Requirements: the amount is free; the receiver is neither zero nor this
    /// contract.
    function withdraw(Withdrawal calldata withdrawal, bytes calldata signature) external;

    /// @notice Seconds from performBy on in which the pool operator alone says what became of a lot in transit.
    function CONFIRMATION_PERIOD() external view returns (uint64);

    /// @notice What a bidder commits to; the salt is 256 random bits, kept until revealing.
    function commitmentOf(
        uint64 auction,
        uint32 organisation,
        uint64 lots,
        uint96 price,
        bytes32 salt
    ) external view returns (bytes32);

    /// @notice Deposit that no bid has locked.
    function freeDepositOf(uint32 organisation, address token) external view returns (uint256);

    /// @notice An auction; all zero when it does not exist.
    function auctionOf(uint64 auction) external view returns (Auction memory);

    /// @notice A bid; all zero when it does not exist.
    function bidOf(uint64 auction, uint8 bid) external view returns (Bid memory);

    /// @notice A lot's stored state, as numbered in the lifecycle table, and its reserve price.
    function lotOf(uint64 auction, uint8 lot) external view returns (uint8 state, uint96 reserve);

    /// @notice Whether an organisation has used a nonce here.
    function isNonceUsed(uint32 organisation, uint256 nonce) external view returns (bool);

    /// @notice What has to be signed for each intent (EIP-712).
    function digestOf(Opening calldata opening) external view returns (bytes32);
    function digestOf(SealedBid calldata sealedBid) external view returns (bytes32);
    function digestOf(LotStep calldata step) external view returns (bytes32);
    function digestOf(Withdrawal calldata withdrawal) external view returns (bytes32);
}
