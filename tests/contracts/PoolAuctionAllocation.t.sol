// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {IPoolAuction} from "../../contracts/interfaces/IPoolAuction.sol";
import {Allocation} from "../../contracts/lib/Allocation.sol";

/// @notice The judgement of allocations by itself, beside the slowest and plainest one.
contract PoolAuctionAllocationTest is Test {
    uint64 private constant AUCTION = 7;

    uint96[64] private _reserves;

    function testFuzz_bundleIsOneToFiveLotsOfTheAuction(uint64 lots, uint8 lotCount, uint8 thinning) public pure {
        lotCount = uint8(bound(lotCount, 1, 64));
        // Random words have some 32 bits; fewer make bundles that are allowed.
        for (uint256 i = 0; i < thinning % 6; i++) lots &= uint64(uint256(keccak256(abi.encode(lots, i))));
        uint256 named = 0;
        uint256 beyond = 0;
        for (uint256 lot = 0; lot < 64; lot++) {
            if (!_has(lots, lot)) continue;
            named++;
            if (lot >= lotCount) beyond++;
        }
        assertEq(Allocation.sizeOf(lots), named);
        assertEq(Allocation.isBundle(lots, lotCount), named >= 1 && named <= 5 && beyond == 0);
    }

    function testFuzz_scoreIsPricesAndUncoveredReserves(
        uint64[4] memory lots,
        uint96[4] memory prices,
        uint96[8] memory reserves,
        uint8 statuses
    ) public {
        Allocation.Choice[] memory chosen = new Allocation.Choice[](4);
        for (uint8 i = 0; i < 4; i++) {
            // One lot of eight each, so that two in five allocations are feasible.
            uint64 bundle = uint64(1) << (lots[i] % 8);
            bool isRevealed = statuses % 8 != 0 || i != statuses % 4;
            IPoolAuction.BidStatus status = isRevealed
                ? IPoolAuction.BidStatus.Revealed
                : IPoolAuction.BidStatus(statuses % 6);
            chosen[i] = Allocation.Choice(i, status, bundle, prices[i]);
        }
        for (uint256 i = 0; i < 8; i++) _reserves[i] = reserves[i];
        // Beyond the auction's last lot, and of no account.
        _reserves[8] = 1;
        bytes memory problem = _problem(chosen);
        if (problem.length != 0) vm.expectRevert(problem);
        uint256 score = this.scoreOf(chosen, 8);
        if (problem.length == 0) assertEq(score, _naiveScore(chosen, reserves));
    }

    function test_emptyAllocationScoresAllReserves() public {
        for (uint256 i = 0; i < 64; i++) _reserves[i] = type(uint96).max;
        assertEq(this.scoreOf(new Allocation.Choice[](0), 64), 64 * uint256(type(uint96).max));
    }

    function test_dearestAllocationHasAScore() public view {
        Allocation.Choice[] memory chosen = new Allocation.Choice[](64);
        for (uint8 i = 0; i < 64; i++) {
            chosen[i] = Allocation.Choice(
                i,
                IPoolAuction.BidStatus.Revealed,
                uint64(1) << i,
                type(uint96).max
            );
        }
        assertEq(this.scoreOf(chosen, 64), 64 * uint256(type(uint96).max));
    }

    /// @dev In a call of its own, so that its refusals can be expected.
    function scoreOf(
        Allocation.Choice[] memory chosen,
        uint8 lotCount
    ) external view returns (uint256) {
        return Allocation.scoreOf(AUCTION, chosen, _reserves, lotCount);
    }

    function _problem(Allocation.Choice[] memory chosen) private pure returns (bytes memory) {
        for (uint256 i = 0; i < chosen.length; i++) {
            Allocation.Choice memory one = chosen[i];
            if (one.status != IPoolAuction.BidStatus.Revealed) {
                return
                    abi.encodeWithSelector(
                        IPoolAuction.AuctionBidUnexpectedStatus.selector,
                        AUCTION,
                        one.bid,
                        uint8(one.status)
                    );
            }
            for (uint256 j = 0; j < i; j++) {
                if (one.lots & chosen[j].lots == 0) continue;
                return abi.encodeWithSelector(IPoolAuction.AuctionLotsOverlap.selector, AUCTION, one.bid);
            }
        }
        return "";
    }

    function _naiveScore(
        Allocation.Choice[] memory chosen,
        uint96[8] memory reserves
    ) private pure returns (uint256 score) {
        for (uint256 i = 0; i < chosen.length; i++) score += chosen[i].price;
        for (uint256 lot = 0; lot < reserves.length; lot++) {
            bool isCovered = false;
            for (uint256 i = 0; i < chosen.length; i++) {
                if (_has(chosen[i].lots, lot)) isCovered = true;
            }
            if (!isCovered) score += reserves[lot];
        }
    }

    function _has(uint64 lots, uint256 lot) private pure returns (bool) {
        return (lots / 2 ** lot) % 2 == 1;
    }
}
