// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../../contracts/interfaces/IPoolAuction.sol";
import {Role} from "../../contracts/lib/Authority.sol";
import {AuctionNetwork} from "./fixtures/AuctionNetwork.sol";

/// @notice What the auction refuses, entry point by entry point, with the exact error.
contract PoolAuctionRefusalsTest is AuctionNetwork {
    function setUp() public {
        _setUpAuction();
    }

    // open

    function test_onlyPoolOperatorsOpen() public {
        IPoolAuction.Opening memory opening = _opening(1);
        opening.organisation = CARRIER;
        opening.auction = (uint64(CARRIER) << 32) | 1;
        _expectOpenRefused(opening, _roleMissing(CARRIER, Role.POOL));
    }

    function test_auctionUnderForeignNumberIsRefused() public {
        IPoolAuction.Opening memory opening = _opening(1);
        opening.auction = (uint64(CARRIER) << 32) | 1;
        _expectOpenRefused(
            opening,
            abi.encodeWithSelector(IPoolAuction.AuctionNumberForeign.selector, opening.auction, POOL)
        );
    }

    function test_auctionIsOpenedOnce() public {
        _open(1);
        _expectOpenRefused(_opening(2), abi.encodeWithSelector(IPoolAuction.AuctionExists.selector, TENDER));
    }

    function test_windowsFollowOneAnother() public {
        for (uint256 i = 0; i < 5; i++) {
            IPoolAuction.Opening memory opening = _opening(1);
            if (i == 0) opening.biddingEnds = uint64(block.timestamp);
            if (i == 1) opening.biddingEnds = REVEAL_ENDS;
            if (i == 2) opening.revealEnds = CHALLENGE_ENDS;
            if (i == 3) opening.challengeEnds = PERFORM_BY;
            if (i == 4) opening.revealEnds = BIDDING_ENDS - 1;
            bytes memory problem = abi.encodeWithSelector(
                IPoolAuction.AuctionTimesInvalid.selector,
                opening.biddingEnds,
                opening.revealEnds,
                opening.challengeEnds,
                opening.performBy
            );
            _expectOpenRefused(opening, problem);
        }
        IPoolAuction.Opening memory tight = _opening(1);
        tight.biddingEnds = uint64(block.timestamp + 1);
        tight.revealEnds = tight.biddingEnds + 1;
        tight.challengeEnds = tight.biddingEnds + 2;
        tight.performBy = tight.biddingEnds + 3;
        _open(tight);
    }

    // commit

    function test_onlyCarriersBid() public {
        _open(1);
        _fund(STRANGER, BOND);
        _expectCommitRefused(_sealed(STRANGER, SALT), _roleMissing(STRANGER, Role.CARRIER));
        vm.prank(council);
        registry.setRoles(CARRIER, Role.SUPPLIER);
        _fund(CARRIER, BOND);
        _expectCommitRefused(_sealed(CARRIER, SALT), _roleMissing(CARRIER, Role.CARRIER));
    }

    function test_bidNeedsItsBond() public {
        _open(1);
        _fund(CARRIER, BOND - 1);
        _expectCommitRefused(_sealed(CARRIER, SALT), _balanceTooLow(CARRIER, BOND - 1, BOND));
        assertEq(house.auctionOf(TENDER).bidCount, 0);
        _fund(CARRIER, 1);
        _commit(_sealed(CARRIER, SALT));
        _expectCommitRefused(_sealed(CARRIER, SALT), _balanceTooLow(CARRIER, 0, BOND));
    }

    // reveal

    function test_onlySealedBidsAreRevealed() public {
        _open(1);
        _bid(CARRIER, 1, 5);
        vm.warp(BIDDING_ENDS);
        vm.expectRevert(abi.encodeWithSelector(IPoolAuction.AuctionBidUnknown.selector, TENDER, 1));
        _reveal(1, 1, 5);
        _reveal(0, 1, 5);
        vm.expectRevert(_status(0, IPoolAuction.BidStatus.Revealed));
        _reveal(0, 1, 5);
    }

    function test_revealOfOtherContentsIsRefused() public {
        _open(2);
        _bid(CARRIER, 1, 5);
        vm.warp(BIDDING_ENDS);
        bytes memory problem = abi.encodeWithSelector(IPoolAuction.AuctionRevealDiffers.selector, TENDER, 0);
        vm.expectRevert(problem);
        house.reveal(TENDER, 0, 2, 5, SALT);
        vm.expectRevert(problem);
        house.reveal(TENDER, 0, 1, 4, SALT);
        vm.expectRevert(problem);
        house.reveal(TENDER, 0, 1, 5, bytes32(0));
        _assertBid(0, IPoolAuction.BidStatus.Sealed);
    }

    // propose

    function test_unrevealedBidIsNotProposed() public {
        _open(2);
        _bid(CARRIER, 1, 5);
        _bid(RIVAL, 2, 5);
        vm.warp(BIDDING_ENDS);
        _reveal(0, 1, 5);
        vm.warp(REVEAL_ENDS);
        vm.expectRevert(_status(1, IPoolAuction.BidStatus.Sealed));
        house.propose(TENDER, 3);
        house.propose(TENDER, 1);
    }

    function test_bidsThatShareALotAreNotProposed() public {
        _open(3);
        _bid(CARRIER, 3, 5);
        _bid(RIVAL, 4, 5);
        _bid(RIVAL, 2, 5);
        vm.warp(BIDDING_ENDS);
        _reveal(0, 3, 5);
        _reveal(1, 4, 5);
        _reveal(2, 2, 5);
        vm.warp(REVEAL_ENDS);
        vm.expectRevert(abi.encodeWithSelector(IPoolAuction.AuctionLotsOverlap.selector, TENDER, 2));
        house.propose(TENDER, 7);
        house.propose(TENDER, 3);
    }

    function test_bidThatWasNotPlacedIsNotProposed() public {
        _open(1);
        _bid(CARRIER, 1, 5);
        vm.warp(BIDDING_ENDS);
        _reveal(0, 1, 5);
        vm.warp(REVEAL_ENDS);
        vm.expectRevert(abi.encodeWithSelector(IPoolAuction.AuctionBidUnknown.selector, TENDER, 1));
        house.propose(TENDER, 3);
        vm.expectRevert(abi.encodeWithSelector(IPoolAuction.AuctionBidUnknown.selector, TENDER, 255));
        house.propose(TENDER, 1 << 255 | 1);
    }

    // finalise

    function test_auctionIsFinalisedOnce() public {
        _open(1);
        vm.warp(CHALLENGE_ENDS);
        house.finalise(TENDER);
        vm.expectRevert(abi.encodeWithSelector(IPoolAuction.AuctionAlreadyFinalised.selector, TENDER));
        house.finalise(TENDER);
    }

    // stepLot

    function test_lotsMoveOnlyAsTheTableSays() public {
        _open(3);
        _bid(CARRIER, 1, 5);
        _bid(CARRIER, 2, 5);
        vm.warp(BIDDING_ENDS);
        _reveal(0, 1, 5);
        _reveal(1, 2, 5);
        _expectStepRefused(CARRIER, 0, PICK_UP, _unexpected(0, OPEN, 1 << 2));
        vm.warp(REVEAL_ENDS);
        house.propose(TENDER, 3);
        vm.warp(CHALLENGE_ENDS);
        house.finalise(TENDER);
        _expectStepRefused(POOL, 0, DELIVER, _unexpected(0, AWARDED, 1 << 3));
        _expectStepRefused(CARRIER, 2, PICK_UP, _unexpected(2, VOID, 1 << 2));
        _stepLot(CARRIER, 0, PICK_UP);
        _expectStepRefused(CARRIER, 0, PICK_UP, _unexpected(0, IN_TRANSIT, 1 << 2));
        _stepLot(POOL, 0, DELIVER);
        vm.warp(PERFORM_BY);
        _stepLot(POOL, 1, FAIL);
        for (uint8 lot = 0; lot < 3; lot++) {
            uint8 state = lot == 0 ? DELIVERED : lot == 1 ? FAILED : VOID;
            _expectStepRefused(CARRIER, lot, PICK_UP, _unexpected(lot, state, 1 << 2));
            _expectStepRefused(POOL, lot, DELIVER, _unexpected(lot, state, 1 << 3));
            _expectStepRefused(POOL, lot, FAIL, _unexpected(lot, state, 1 << 2 | 1 << 3));
        }
    }

    function test_lotThatIsNotInTheAuctionDoesNotMove() public {
        _open(1);
        _expectStepRefused(CARRIER, 1, PICK_UP, _unexpected(1, 0, 1 << 2));
        _expectStepRefused(CARRIER, 63, PICK_UP, _unexpected(63, 0, 1 << 2));
    }

    function test_unknownLotActionsAreRefused() public {
        _open(1);
        uint8[6] memory unknown = [0, 64, 65, 66, 70, 255];
        for (uint256 i = 0; i < unknown.length; i++) {
            bytes memory problem = abi.encodeWithSelector(IPoolAuction.LotActionUnknown.selector, unknown[i]);
            _expectStepRefused(POOL, 0, unknown[i], problem);
        }
    }

    function test_onlyTheWinnerPicksUpAndOnlyThePoolConfirms() public {
        _open(1);
        _bid(CARRIER, 1, 5);
        vm.warp(BIDDING_ENDS);
        _reveal(0, 1, 5);
        vm.warp(REVEAL_ENDS);
        house.propose(TENDER, 1);
        vm.warp(CHALLENGE_ENDS);
        house.finalise(TENDER);
        _expectStepRefused(RIVAL, 0, PICK_UP, _actorWrong(0, RIVAL));
        _expectStepRefused(POOL, 0, PICK_UP, _actorWrong(0, POOL));
        _stepLot(CARRIER, 0, PICK_UP);
        _expectStepRefused(CARRIER, 0, DELIVER, _actorWrong(0, CARRIER));
        _expectStepRefused(STRANGER, 0, DELIVER, _actorWrong(0, STRANGER));
        vm.warp(PERFORM_BY);
        _expectStepRefused(CARRIER, 0, FAIL, _actorWrong(0, CARRIER));
    }

    function _expectOpenRefused(IPoolAuction.Opening memory opening, bytes memory problem) private {
        bytes memory signature = _signature(opening.organisation, house.digestOf(opening));
        vm.expectRevert(problem);
        house.open(opening, signature);
    }

    function _roleMissing(uint32 organisation, uint32 role) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IPoolAuction.AuctionRoleMissing.selector, organisation, role);
    }

    function _status(uint8 bid, IPoolAuction.BidStatus current) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPoolAuction.AuctionBidUnexpectedStatus.selector,
                TENDER,
                bid,
                uint8(current)
            );
    }
}
