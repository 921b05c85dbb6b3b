// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../../../contracts/interfaces/IPoolAuction.sol";
import {AuctionHandler} from "../handlers/AuctionHandler.sol";
import {AuctionNetwork} from "../fixtures/AuctionNetwork.sol";

/// @notice What holds after any sequence of auction steps.
contract PoolAuctionInvariantTest is AuctionNetwork {
    AuctionHandler private handler;

    function setUp() public {
        _setUpAuction();
        handler = new AuctionHandler(registry, house, token);
        handler.fund(0, 4_999);
        handler.open(3, 500);
        bytes4[] memory selectors = new bytes4[](13);
        selectors[0] = handler.fund.selector;
        selectors[1] = handler.open.selector;
        selectors[2] = handler.bid.selector;
        selectors[3] = handler.reveal.selector;
        selectors[4] = handler.propose.selector;
        selectors[5] = handler.finalise.selector;
        selectors[6] = handler.stepLot.selector;
        selectors[7] = handler.withdraw.selector;
        selectors[8] = handler.wait_.selector;
        selectors[9] = handler.advance.selector;
        selectors[10] = handler.revealAll.selector;
        selectors[11] = handler.runThrough.selector;
        selectors[12] = handler.stepLot.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    function invariant_freeDepositsAndLockedBondsAreTheTokenBalance() public view {
        assertEq(handler.freeDeposits() + handler.lockedBonds(), token.balanceOf(address(house)));
    }

    function invariant_noStepBreaksItsRule() public view {
        assertEq(handler.broken(), "");
    }

    function invariant_noLotIsAwardedTwice() public view {
        for (uint256 i = 0; i < handler.auctionCount(); i++) {
            uint64 number = handler.auctions(i);
            IPoolAuction.Auction memory auction = house.auctionOf(number);
            uint64 covered = 0;
            for (uint256 bid = 0; bid < auction.bidCount; bid++) {
                if ((auction.standing >> bid) & 1 == 0) continue;
                uint64 lots = house.bidOf(number, uint8(bid)).lots;
                assertEq(covered & lots, 0);
                covered |= lots;
            }
            _assertLotsFollow(number, auction, covered);
        }
    }

    /// @dev What random steps may find must be within the handler's reach.
    function test_handlerReachesEveryStateOfBidsAndLots() public {
        handler.fund(1, 4_999);
        for (uint8 which = 0; which < 3; which++) {
            handler.open(2, 500);
            handler.bid(1, which, 4, 9);
            // The first auction is finalised in time with all of its lots awarded, the second with one, the third late.
            handler.runThrough(which, 0, 1, which == 0 ? 4 : 1, which == 2);
            if (which == 2) continue;
            handler.stepLot(which, 0, 0, 0);
            handler.advance(which);
            handler.stepLot(which, 1, 2, 2);
            handler.advance(which);
            handler.stepLot(which, 0, 1, 0);
        }
        assertEq(handler.broken(), "");
        assertEq(handler.bidStatusesSeen(), 0x3e, "statuses of bids, from Sealed to Forfeited");
        assertEq(handler.lotStatesSeen(), 0x7e, "states of lots, from Open to Void");
        invariant_freeDepositsAndLockedBondsAreTheTokenBalance();
        invariant_noLotIsAwardedTwice();
    }

    function _assertLotsFollow(uint64 number, IPoolAuction.Auction memory auction, uint64 covered) private view {
        for (uint8 lot = 0; lot < auction.lotCount; lot++) {
            (uint8 state, ) = house.lotOf(number, lot);
            if (!auction.isFinalised) assertEq(state, OPEN);
            else assertEq(state == VOID, (covered >> lot) & 1 == 0);
        }
    }
}
