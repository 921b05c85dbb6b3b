// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../../contracts/interfaces/IPoolAuction.sol";
import {AuctionNetwork} from "./fixtures/AuctionNetwork.sol";

/// @notice The edges of every window, one second before, at and after: they are half-open and meet without a gap.
contract PoolAuctionWindowsTest is AuctionNetwork {
    function setUp() public {
        _setUpAuction();
        _open(2);
        _fund(CARRIER, 100 * uint256(BOND));
    }

    function test_biddingEndsAtItsEnd() public {
        vm.warp(BIDDING_ENDS - 1);
        _commit(_sealed(CARRIER, SALT));
        for (uint256 late = 0; late < 2; late++) {
            vm.warp(BIDDING_ENDS + late);
            IPoolAuction.SealedBid memory sealedBid = _sealed(CARRIER, SALT);
            bytes memory signature = _signature(CARRIER, house.digestOf(sealedBid));
            vm.expectRevert(_outside(0, BIDDING_ENDS));
            house.commit(sealedBid, signature);
        }
    }

    function test_revealingBeginsWhenBiddingEnds() public {
        _bid(CARRIER, 1, 5);
        _bid(CARRIER, 1, 6);
        vm.warp(BIDDING_ENDS - 1);
        vm.expectRevert(_outside(BIDDING_ENDS, REVEAL_ENDS));
        _reveal(0, 1, 5);
        vm.warp(BIDDING_ENDS);
        _reveal(0, 1, 5);
        vm.warp(BIDDING_ENDS + 1);
        _reveal(1, 1, 6);
    }

    function test_revealingEndsAtItsEnd() public {
        _bid(CARRIER, 1, 5);
        _bid(CARRIER, 1, 6);
        vm.warp(REVEAL_ENDS - 1);
        _reveal(0, 1, 5);
        for (uint256 late = 0; late < 2; late++) {
            vm.warp(REVEAL_ENDS + late);
            vm.expectRevert(_outside(BIDDING_ENDS, REVEAL_ENDS));
            _reveal(1, 1, 6);
        }
    }

    function test_challengeBeginsWhenRevealingEnds() public {
        _revealTwo();
        vm.warp(REVEAL_ENDS - 1);
        vm.expectRevert(_outside(REVEAL_ENDS, CHALLENGE_ENDS));
        house.propose(TENDER, 1);
        vm.warp(REVEAL_ENDS);
        house.propose(TENDER, 1);
        vm.warp(REVEAL_ENDS + 1);
        house.propose(TENDER, 3);
    }

    function test_challengeEndsAtItsEnd() public {
        _revealTwo();
        vm.warp(CHALLENGE_ENDS - 1);
        house.propose(TENDER, 1);
        for (uint256 late = 0; late < 2; late++) {
            vm.warp(CHALLENGE_ENDS + late);
            vm.expectRevert(_outside(REVEAL_ENDS, CHALLENGE_ENDS));
            house.propose(TENDER, 3);
        }
    }

    function test_finalisingBeginsWhenTheChallengeEnds() public {
        vm.warp(CHALLENGE_ENDS - 1);
        vm.expectRevert(_outside(CHALLENGE_ENDS, FOREVER));
        house.finalise(TENDER);
        uint256 snapshot = vm.snapshotState();
        vm.warp(CHALLENGE_ENDS);
        house.finalise(TENDER);
        vm.revertToState(snapshot);
        vm.warp(CHALLENGE_ENDS + 365 days);
        house.finalise(TENDER);
    }

    function testFuzz_exactlyOneWindowIsOpen(uint256 time) public {
        _bid(CARRIER, 1, 5);
        _bid(CARRIER, 2, 5);
        vm.warp(BIDDING_ENDS);
        _reveal(0, 1, 5);
        vm.warp(bound(time, START, START + 5 hours));
        uint256 snapshot = vm.snapshotState();
        uint256 open = 0;
        IPoolAuction.SealedBid memory sealedBid = _sealed(CARRIER, SALT);
        bytes memory signature = _signature(CARRIER, house.digestOf(sealedBid));
        try house.commit(sealedBid, signature) {
            open++;
        } catch {}
        try house.reveal(TENDER, 1, 2, 5, SALT) {
            open++;
        } catch {}
        vm.revertToState(snapshot);
        try house.propose(TENDER, 1) {
            open++;
        } catch {}
        try house.finalise(TENDER) {
            open++;
        } catch {}
        assertEq(open, 1);
    }

    function _revealTwo() private {
        _bid(CARRIER, 1, 5);
        _bid(CARRIER, 2, 5);
        vm.warp(BIDDING_ENDS);
        _reveal(0, 1, 5);
        _reveal(1, 2, 5);
    }
}
