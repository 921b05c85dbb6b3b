// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../../contracts/interfaces/IPoolAuction.sol";
import {AuctionNetwork} from "./fixtures/AuctionNetwork.sol";

/// @notice How a tender runs: sealed bids, allocation, award, delivery, bonds.
contract PoolAuctionTest is AuctionNetwork {
    function setUp() public {
        _setUpAuction();
    }

    function test_twoCarriersBidOnABundleAndBothAreAwarded() public {
        _open(4);
        uint8 bundle = _bid(CARRIER, 3, 15_000);
        uint8 single = _bid(RIVAL, 4, 9_000);
        uint8 dear = _bid(RIVAL, 7, 29_000);
        _assertFree(CARRIER, 0);
        vm.warp(BIDDING_ENDS);
        _reveal(bundle, 3, 15_000);
        _reveal(single, 4, 9_000);
        _reveal(dear, 7, 29_000);
        vm.warp(REVEAL_ENDS);
        vm.expectEmit(true, true, true, true, address(house));
        emit IPoolAuction.AllocationProposed(TENDER, relay, 3, 34_000);
        vm.prank(relay);
        house.propose(TENDER, 3);
        vm.warp(CHALLENGE_ENDS);
        vm.expectEmit(true, true, true, true, address(house));
        emit IPoolAuction.BondReleased(TENDER, RIVAL, dear, BOND);
        vm.expectEmit(true, true, true, true, address(house));
        emit IPoolAuction.AuctionFinalised(TENDER, 3, 34_000);
        house.finalise(TENDER);
        for (uint8 lot = 0; lot < 3; lot++) _assertLot(lot, AWARDED);
        _assertLot(3, VOID);
        assertEq(house.bidOf(TENDER, bundle).undelivered, 2);
        _assertBid(single, IPoolAuction.BidStatus.Won);
        _assertBid(dear, IPoolAuction.BidStatus.Released);
        _assertFree(RIVAL, BOND);

        _stepLot(CARRIER, 0, PICK_UP);
        _stepLot(CARRIER, 1, PICK_UP);
        _stepLot(POOL, 0, DELIVER);
        _assertFree(CARRIER, 0);
        _assertBid(bundle, IPoolAuction.BidStatus.Won);
        _stepLot(POOL, 1, DELIVER);
        _assertBid(bundle, IPoolAuction.BidStatus.Released);
        _assertFree(CARRIER, BOND);
        _assertLot(1, DELIVERED);
        _assertLot(2, AWARDED);
        _withdraw(_withdrawal(CARRIER, BOND, address(0xca)));
        assertEq(token.balanceOf(address(0xca)), BOND);
        assertEq(token.balanceOf(address(house)), 2 * BOND);
    }

    function test_openedAuctionIsRemembered() public {
        IPoolAuction.Opening memory opening = _opening(3);
        opening.reserves[2] = 7;
        bytes32 digest = house.digestOf(opening);
        vm.expectEmit(true, true, true, true, address(house));
        emit IPoolAuction.AuctionOpened(
            TENDER,
            POOL,
            address(token),
            BOND,
            BIDDING_ENDS,
            REVEAL_ENDS,
            CHALLENGE_ENDS,
            PERFORM_BY,
            opening.specification,
            opening.manifest,
            opening.reserves,
            digest
        );
        _open(opening);
        IPoolAuction.Auction memory auction = house.auctionOf(TENDER);
        assertEq(auction.organisation, POOL);
        assertEq(auction.lotCount, 3);
        assertEq(auction.bidCount, 0);
        assertFalse(auction.isFinalised);
        assertEq(auction.token, address(token));
        assertEq(auction.bond, BOND);
        assertEq(auction.biddingEnds, BIDDING_ENDS);
        assertEq(auction.revealEnds, REVEAL_ENDS);
        assertEq(auction.challengeEnds, CHALLENGE_ENDS);
        assertEq(auction.performBy, PERFORM_BY);
        assertEq(auction.specification, opening.specification);
        assertEq(auction.score, 2 * uint256(RESERVE) + 7);
        (uint8 state, uint96 reserve) = house.lotOf(TENDER, 2);
        assertEq(state, OPEN);
        assertEq(reserve, 7);
        (state, reserve) = house.lotOf(TENDER, 3);
        assertEq(state, 0);
        assertEq(reserve, 0);
        assertTrue(house.isNonceUsed(POOL, opening.nonce));
    }

    function test_bidIsRemembered() public {
        _open(4);
        bytes32 commitment = house.commitmentOf(TENDER, CARRIER, 3, 15_000, SALT);
        _fund(CARRIER, BOND);
        IPoolAuction.SealedBid memory sealedBid = _sealed(CARRIER, commitment);
        bytes32 digest = house.digestOf(sealedBid);
        vm.expectEmit(true, true, true, true, address(house));
        emit IPoolAuction.BidCommitted(TENDER, CARRIER, 0, commitment, digest);
        assertEq(_commit(sealedBid), 0);
        IPoolAuction.Bid memory bid = house.bidOf(TENDER, 0);
        assertEq(bid.organisation, CARRIER);
        assertEq(uint8(bid.status), uint8(IPoolAuction.BidStatus.Sealed));
        assertEq(bid.lots, 0);
        assertEq(bid.price, 0);
        assertEq(bid.commitment, commitment);
        vm.warp(BIDDING_ENDS);
        vm.expectEmit(true, true, true, true, address(house));
        emit IPoolAuction.BidRevealed(TENDER, CARRIER, 0, 3, 15_000);
        _reveal(0, 3, 15_000);
        bid = house.bidOf(TENDER, 0);
        assertEq(bid.lots, 3);
        assertEq(bid.price, 15_000);
    }

    function test_copiedCommitmentIsWorthlessToTheAttacker() public {
        _open(4);
        uint8 honest = _bid(CARRIER, 3, 15_000);
        _fund(RIVAL, BOND);
        uint8 copy = _commit(_sealed(RIVAL, house.bidOf(TENDER, honest).commitment));
        vm.warp(BIDDING_ENDS);
        _reveal(honest, 3, 15_000);
        vm.expectRevert(abi.encodeWithSelector(IPoolAuction.AuctionRevealDiffers.selector, TENDER, copy));
        _reveal(copy, 3, 15_000);
        vm.warp(CHALLENGE_ENDS);
        house.finalise(TENDER);
        _assertBid(copy, IPoolAuction.BidStatus.Forfeited);
        _assertFree(RIVAL, 0);
    }

    function testFuzz_commitmentBindsAllItNames(uint8 field, uint64 change) public {
        change = uint64(bound(change, 1, type(uint32).max));
        bytes32 commitment = house.commitmentOf(TENDER, CARRIER, 3, 15_000, SALT);
        field = uint8(bound(field, 0, 6));
        if (field == 5) vm.chainId(block.chainid + change % 1000 + 1);
        IPoolAuction place = field == 6
            ? IPoolAuction(_deploy("PoolAuction.sol:PoolAuction", abi.encode(registry)))
            : house;
        bytes32 other = place.commitmentOf(
            TENDER + (field == 0 ? change : 0),
            CARRIER + (field == 1 ? uint32(change % 100) + 1 : 0),
            3 + (field == 2 ? change : 0),
            15_000 + (field == 3 ? change : 0),
            field == 4 ? bytes32(uint256(SALT) ^ change) : SALT
        );
        assertNotEq(other, commitment);
    }

    function test_silentBiddersForfeitAndTheAuctionSettles() public {
        _open(2);
        uint8 first = _bid(CARRIER, 1, 9_000);
        uint8 silent = _bid(RIVAL, 1, 1_000);
        uint8 alsoSilent = _bid(CARRIER, 2, 1_000);
        vm.warp(BIDDING_ENDS);
        _reveal(first, 1, 9_000);
        vm.warp(REVEAL_ENDS);
        house.propose(TENDER, 1);
        vm.warp(CHALLENGE_ENDS);
        vm.expectEmit(true, true, true, true, address(house));
        emit IPoolAuction.BondForfeited(TENDER, RIVAL, silent, BOND);
        house.finalise(TENDER);
        _assertBid(silent, IPoolAuction.BidStatus.Forfeited);
        _assertBid(alsoSilent, IPoolAuction.BidStatus.Forfeited);
        _assertFree(POOL, 2 * BOND);
        _assertLot(0, AWARDED);
        _assertLot(1, VOID);
    }

    /// @dev Whoever stays silent, the auction settles: silent bonds go to the pool operator, the others are free.
    function testFuzz_anyBiddersMayStaySilent(uint8 revealing, uint8 chosen) public {
        _open(6);
        for (uint8 i = 0; i < 6; i++) _bid(i % 2 == 0 ? CARRIER : RIVAL, uint64(1) << i, 100);
        vm.warp(BIDDING_ENDS);
        for (uint8 i = 0; i < 6; i++) if ((revealing >> i) & 1 == 1) _reveal(i, uint64(1) << i, 100);
        vm.warp(REVEAL_ENDS);
        chosen &= revealing & 63;
        if (chosen != 0) house.propose(TENDER, chosen);
        vm.warp(CHALLENGE_ENDS);
        house.finalise(TENDER);
        uint256 silent = 0;
        for (uint8 i = 0; i < 6; i++) {
            bool isSilent = (revealing >> i) & 1 == 0;
            bool hasWon = (chosen >> i) & 1 == 1;
            if (isSilent) silent++;
            _assertLot(i, hasWon ? AWARDED : VOID);
            if (isSilent) _assertBid(i, IPoolAuction.BidStatus.Forfeited);
            else _assertBid(i, hasWon ? IPoolAuction.BidStatus.Won : IPoolAuction.BidStatus.Released);
        }
        _assertFree(POOL, silent * BOND);
    }

    function test_auctionWithoutBidsIsVoid() public {
        _open(3);
        vm.warp(CHALLENGE_ENDS);
        house.finalise(TENDER);
        for (uint8 lot = 0; lot < 3; lot++) _assertLot(lot, VOID);
        assertTrue(house.auctionOf(TENDER).isFinalised);
    }

    function test_betterAllocationReplacesAndWorseIsRefused() public {
        _open(2);
        _bid(CARRIER, 1, 9_000);
        _bid(RIVAL, 2, 8_000);
        _bid(CARRIER, 3, 17_000);
        _bid(RIVAL, 3, 16_999);
        _bid(CARRIER, 1, 10_000);
        vm.warp(BIDDING_ENDS);
        _reveal(0, 1, 9_000);
        _reveal(1, 2, 8_000);
        _reveal(2, 3, 17_000);
        _reveal(3, 3, 16_999);
        _reveal(4, 1, 10_000);
        vm.warp(REVEAL_ENDS);
        _expectNotBetter(0, 20_000, 20_000);
        _expectNotBetter(1 << 4, 20_000, 20_000);
        house.propose(TENDER, 1);
        assertEq(house.auctionOf(TENDER).score, 19_000);
        house.propose(TENDER, 1 << 2);
        _expectNotBetter(3, 17_000, 17_000);
        _expectNotBetter(1, 19_000, 17_000);
        house.propose(TENDER, 1 << 3);
        assertEq(house.auctionOf(TENDER).standing, 8);
        assertEq(house.auctionOf(TENDER).score, 16_999);
        _expectNotBetter(1 << 3, 16_999, 16_999);
        vm.warp(CHALLENGE_ENDS);
        house.finalise(TENDER);
        _assertBid(3, IPoolAuction.BidStatus.Won);
        _assertBid(2, IPoolAuction.BidStatus.Released);
    }

    // After the award

    function test_bondIsFreeOnlyWithTheLastDelivery() public {
        _award(31, 5);
        for (uint8 lot = 0; lot < 5; lot++) {
            _assertFree(CARRIER, 0);
            _stepLot(CARRIER, lot, PICK_UP);
            _stepLot(POOL, lot, DELIVER);
        }
        _assertFree(CARRIER, BOND);
        assertEq(house.bidOf(TENDER, 0).undelivered, 0);
    }

    function test_lotStepsAreAnnounced() public {
        _award(1, 1);
        IPoolAuction.LotStep memory step = _lotStep(CARRIER, 0, PICK_UP);
        bytes32 digest = house.digestOf(step);
        vm.expectEmit(true, true, true, true, address(house));
        emit IPoolAuction.LotStepped(TENDER, CARRIER, 0, PICK_UP, IN_TRANSIT, step.document, step.manifest, digest);
        house.stepLot(step, _signature(CARRIER, digest));
    }

    function test_secondFailedLotOfABidFindsItsBondGone() public {
        _award(3, 2);
        vm.warp(PERFORM_BY);
        _stepLot(POOL, 0, FAIL);
        _assertFree(POOL, BOND);
        _stepLot(POOL, 1, FAIL);
        _assertFree(POOL, BOND);
        _assertLot(1, FAILED);
    }

    function test_deliveryAfterAFailedLotFreesNoBond() public {
        _award(3, 2);
        _stepLot(CARRIER, 0, PICK_UP);
        _stepLot(CARRIER, 1, PICK_UP);
        vm.warp(PERFORM_BY);
        _stepLot(POOL, 0, FAIL);
        _stepLot(POOL, 1, DELIVER);
        _assertFree(CARRIER, 0);
        _assertFree(POOL, BOND);
        _assertBid(0, IPoolAuction.BidStatus.Forfeited);
    }

    function test_failureAfterADeliveredLotForfeits() public {
        _award(3, 2);
        _stepLot(CARRIER, 0, PICK_UP);
        _stepLot(POOL, 0, DELIVER);
        vm.warp(PERFORM_BY);
        _stepLot(POOL, 1, FAIL);
        _assertFree(POOL, BOND);
        _assertFree(CARRIER, 0);
        _assertBid(0, IPoolAuction.BidStatus.Forfeited);
    }

    function _expectNotBetter(uint256 bids, uint256 score, uint256 standing) private {
        vm.expectRevert(
            abi.encodeWithSelector(IPoolAuction.AuctionNotBetter.selector, TENDER, score, standing)
        );
        house.propose(TENDER, bids);
    }
}
