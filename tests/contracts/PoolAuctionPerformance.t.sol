// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../../contracts/interfaces/IPoolAuction.sol";
import {AuctionNetwork} from "./fixtures/AuctionNetwork.sol";

/// @notice The time around `performBy`: what is still awarded, who may fail a lot, what a silent pool operator loses.
contract PoolAuctionPerformanceTest is AuctionNetwork {
    function setUp() public {
        _setUpAuction();
    }

    // finalise

    function test_auctionIsAwardedUntilJustBeforePerformBy() public {
        _proposed();
        vm.warp(PERFORM_BY - 1);
        vm.expectEmit(true, true, true, true, address(house));
        emit IPoolAuction.AuctionFinalised(TENDER, 1, 9_000 + uint256(RESERVE));
        house.finalise(TENDER);
        _assertLot(0, AWARDED);
        _assertBid(0, IPoolAuction.BidStatus.Won);
        assertEq(house.auctionOf(TENDER).standing, 1);
    }

    function test_nothingIsAwardedFromPerformByOn() public {
        _proposed();
        uint256 snapshot = vm.snapshotState();
        for (uint256 late = 0; late < 3; late++) {
            vm.warp(late == 2 ? CONFIRMED_BY + 365 days : PERFORM_BY + late);
            vm.expectEmit(true, true, true, true, address(house));
            emit IPoolAuction.BondReleased(TENDER, CARRIER, 0, BOND);
            vm.expectEmit(true, true, true, true, address(house));
            emit IPoolAuction.BondForfeited(TENDER, RIVAL, 1, BOND);
            vm.expectEmit(true, true, true, true, address(house));
            emit IPoolAuction.AuctionFinalised(TENDER, 0, 2 * uint256(RESERVE));
            house.finalise(TENDER);
            _assertLot(0, VOID);
            _assertLot(1, VOID);
            _assertBid(0, IPoolAuction.BidStatus.Released);
            _assertBid(1, IPoolAuction.BidStatus.Forfeited);
            _assertFree(CARRIER, BOND);
            _assertFree(RIVAL, 0);
            _assertFree(POOL, BOND);
            assertEq(house.auctionOf(TENDER).standing, 0);
            assertEq(house.auctionOf(TENDER).score, 2 * uint256(RESERVE));
            vm.expectRevert(abi.encodeWithSelector(IPoolAuction.AuctionAlreadyFinalised.selector, TENDER));
            house.finalise(TENDER);
            vm.revertToState(snapshot);
        }
    }

    function test_lotOfALateAuctionDoesNotMove() public {
        _proposed();
        vm.warp(CONFIRMED_BY);
        house.finalise(TENDER);
        _expectStepRefused(CARRIER, 0, PICK_UP, _unexpected(0, VOID, 1 << 2));
        _expectStepRefused(CARRIER, 0, DELIVER, _unexpected(0, VOID, 1 << 3));
        _expectStepRefused(POOL, 0, FAIL, _unexpected(0, VOID, 1 << 2 | 1 << 3));
    }

    // fail

    function test_lotThatNobodyPicksUpFailsFromPerformByOnWithoutEnd() public {
        _award(1, 1);
        vm.warp(PERFORM_BY - 1);
        _expectStepRefused(POOL, 0, FAIL, _outside(PERFORM_BY, FOREVER));
        uint64[5] memory times = [PERFORM_BY, PERFORM_BY + 1, CONFIRMED_BY - 1, CONFIRMED_BY, CONFIRMED_BY + 365 days];
        uint256 snapshot = vm.snapshotState();
        for (uint256 i = 0; i < 5; i++) {
            vm.warp(times[i]);
            vm.expectEmit(true, true, true, true, address(house));
            emit IPoolAuction.BondForfeited(TENDER, CARRIER, 0, BOND);
            _stepLot(POOL, 0, FAIL);
            _assertLot(0, FAILED);
            _assertFree(POOL, BOND);
            _assertFree(CARRIER, 0);
            vm.revertToState(snapshot);
        }
    }

    function test_lotInTransitFailsWithinTheConfirmationPeriodOnly() public {
        _inTransit();
        vm.warp(PERFORM_BY - 1);
        _expectStepRefused(POOL, 0, FAIL, _outside(PERFORM_BY, CONFIRMED_BY));
        uint64[3] memory times = [PERFORM_BY, PERFORM_BY + 1, CONFIRMED_BY - 1];
        uint256 snapshot = vm.snapshotState();
        for (uint256 i = 0; i < 3; i++) {
            vm.warp(times[i]);
            _stepLot(POOL, 0, FAIL);
            _assertLot(0, FAILED);
            _assertFree(POOL, BOND);
            vm.revertToState(snapshot);
        }
        for (uint256 late = 0; late < 2; late++) {
            vm.warp(CONFIRMED_BY + late);
            _expectStepRefused(POOL, 0, FAIL, _outside(PERFORM_BY, CONFIRMED_BY));
        }
        _assertLot(0, IN_TRANSIT);
    }

    // deliver

    function test_winnerConfirmsItsOwnDeliveryOnceThePoolHasBeenSilent() public {
        _inTransit();
        uint64[3] memory early = [CHALLENGE_ENDS, PERFORM_BY, CONFIRMED_BY - 1];
        for (uint256 i = 0; i < 3; i++) {
            vm.warp(early[i]);
            _expectStepRefused(CARRIER, 0, DELIVER, _actorWrong(0, CARRIER));
        }
        uint256 snapshot = vm.snapshotState();
        for (uint256 late = 0; late < 2; late++) {
            vm.warp(CONFIRMED_BY + late);
            vm.expectEmit(true, true, true, true, address(house));
            emit IPoolAuction.BondReleased(TENDER, CARRIER, 0, BOND);
            _stepLot(CARRIER, 0, DELIVER);
            _assertLot(0, DELIVERED);
            _assertBid(0, IPoolAuction.BidStatus.Released);
            _assertFree(CARRIER, BOND);
            vm.revertToState(snapshot);
        }
    }

    function test_poolConfirmsAtAnyTime() public {
        _inTransit();
        uint64[5] memory times = [CHALLENGE_ENDS, PERFORM_BY - 1, PERFORM_BY, CONFIRMED_BY, CONFIRMED_BY + 365 days];
        uint256 snapshot = vm.snapshotState();
        for (uint256 i = 0; i < 5; i++) {
            vm.warp(times[i]);
            _stepLot(POOL, 0, DELIVER);
            _assertLot(0, DELIVERED);
            vm.revertToState(snapshot);
        }
    }

    function test_onlyTheWinnerConfirmsForASilentPool() public {
        _inTransit();
        vm.warp(CONFIRMED_BY);
        _expectStepRefused(RIVAL, 0, DELIVER, _actorWrong(0, RIVAL));
        _expectStepRefused(STRANGER, 0, DELIVER, _actorWrong(0, STRANGER));
        _expectStepRefused(CARRIER, 0, FAIL, _actorWrong(0, CARRIER));
        _expectStepRefused(POOL, 0, PICK_UP, _unexpected(0, IN_TRANSIT, 1 << 2));
    }

    function test_winnerConfirmsNothingThatItDidNotPickUp() public {
        _award(1, 1);
        vm.warp(CONFIRMED_BY);
        _expectStepRefused(CARRIER, 0, DELIVER, _unexpected(0, AWARDED, 1 << 3));
        _stepLot(POOL, 0, FAIL);
        _expectStepRefused(CARRIER, 0, PICK_UP, _unexpected(0, FAILED, 1 << 2));
    }

    function test_winnerDoesNotPickUpWhatShouldHaveBeenDelivered() public {
        _award(1, 1);
        uint256 snapshot = vm.snapshotState();
        vm.warp(PERFORM_BY - 1);
        _stepLot(CARRIER, 0, PICK_UP);
        _assertLot(0, IN_TRANSIT);
        vm.revertToState(snapshot);
        uint64[3] memory times = [PERFORM_BY, PERFORM_BY + 1, CONFIRMED_BY];
        for (uint256 i = 0; i < 3; i++) {
            vm.warp(times[i]);
            _expectStepRefused(CARRIER, 0, PICK_UP, _outside(0, PERFORM_BY));
        }
        _stepLot(POOL, 0, FAIL);
        _assertFree(POOL, BOND);
    }

    function test_bondThatWasForfeitedForOneLotStaysForfeitedWhenTheWinnerConfirmsAnother() public {
        _award(3, 2);
        _stepLot(CARRIER, 1, PICK_UP);
        vm.warp(PERFORM_BY);
        _stepLot(POOL, 0, FAIL);
        vm.warp(CONFIRMED_BY);
        _stepLot(CARRIER, 1, DELIVER);
        _assertLot(1, DELIVERED);
        _assertBid(0, IPoolAuction.BidStatus.Forfeited);
        _assertFree(POOL, BOND);
        _assertFree(CARRIER, 0);
    }

    function test_suspendedPoolDoesNotKeepTheBond() public {
        _inTransit();
        _setSuspended(POOL, true);
        vm.warp(CONFIRMED_BY);
        _stepLot(CARRIER, 0, DELIVER);
        _assertFree(CARRIER, BOND);
    }

    function test_confirmationPeriodIsAWeek() public view {
        assertEq(house.CONFIRMATION_PERIOD(), 7 days);
    }

    function _inTransit() private {
        _award(1, 1);
        _stepLot(CARRIER, 0, PICK_UP);
    }

    /// @dev An allocation stands, and a second bidder stays silent.
    function _proposed() private {
        _open(2);
        _bid(CARRIER, 1, 9_000);
        _bid(RIVAL, 2, 1);
        vm.warp(BIDDING_ENDS);
        _reveal(0, 1, 9_000);
        vm.warp(REVEAL_ENDS);
        house.propose(TENDER, 1);
    }
}
