// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../../contracts/interfaces/IPoolAuction.sol";
import {Role} from "../../contracts/lib/Authority.sol";
import {AuctionNetwork} from "./fixtures/AuctionNetwork.sol";

/// @notice How many and how much: lots, bids, bundles, time.
contract PoolAuctionLimitsTest is AuctionNetwork {
    function setUp() public {
        _setUpAuction();
    }

    function test_auctionHasOneTo64Lots() public {
        uint8[3] memory invalid = [0, 65, 255];
        for (uint256 i = 0; i < 3; i++) {
            IPoolAuction.Opening memory opening = _opening(invalid[i]);
            bytes memory signature = _signature(POOL, house.digestOf(opening));
            vm.expectRevert(abi.encodeWithSelector(IPoolAuction.AuctionLotsInvalid.selector, invalid[i]));
            house.open(opening, signature);
        }
        _open(64);
        _assertLot(63, OPEN);
    }

    function test_bidsAreLimitedTo256() public {
        _open(1);
        for (uint32 i = 0; i < 8; i++) {
            uint32 carrier = _newCarrier();
            for (uint32 j = 0; j < 32; j++) assertEq(_bidAsRelay(carrier), i * 32 + j);
        }
        _fund(CARRIER, BOND);
        _expectCommitRefused(
            _sealed(CARRIER, SALT),
            abi.encodeWithSelector(IPoolAuction.AuctionBidLimit.selector, TENDER)
        );
        assertEq(house.auctionOf(TENDER).bidCount, 256);
        _assertFree(CARRIER, BOND);
    }

    function test_bidsOfOneOrganisationAreLimitedTo32() public {
        _open(1);
        _fund(CARRIER, 34 * uint256(BOND));
        for (uint256 i = 0; i < 31; i++) _commit(_sealed(CARRIER, SALT));
        assertEq(_commit(_sealed(CARRIER, SALT)), 31);
        bytes memory problem = abi.encodeWithSelector(
            IPoolAuction.AuctionBidderLimit.selector,
            TENDER,
            CARRIER
        );
        _expectCommitRefused(_sealed(CARRIER, SALT), problem);
        assertEq(house.auctionOf(TENDER).bidCount, 32);
        _assertFree(CARRIER, 2 * uint256(BOND));
        // Its limit is neither its neighbour's nor that of another auction.
        assertEq(_bid(RIVAL, 1, 5), 32);
        IPoolAuction.Opening memory opening = _opening(1);
        opening.auction++;
        _open(opening);
        IPoolAuction.SealedBid memory elsewhere = _sealed(CARRIER, SALT);
        elsewhere.auction++;
        assertEq(_commit(elsewhere), 0);
    }

    /// @dev Organisations share a slot of counts in groups of 32; the last of one and the first of the next are apart.
    function test_countsOfBidsDoNotRunIntoOneAnother() public {
        _open(1);
        while (registry.organisationCount() < 30) _newCarrier();
        uint32 organisation = _newCarrier();
        assertEq(organisation, 31);
        for (uint256 i = 0; i < 32; i++) _bidAsRelay(organisation);
        assertEq(_newCarrier(), 32);
        for (uint256 i = 0; i < 32; i++) _bidAsRelay(32);
        assertEq(_newCarrier(), 33);
        assertEq(_bidAsRelay(33), 64);
        _fund(32, BOND);
        vm.prank(relay);
        vm.expectRevert(abi.encodeWithSelector(IPoolAuction.AuctionBidderLimit.selector, TENDER, 32));
        house.commit(IPoolAuction.SealedBid(32, TENDER, SALT, _deadline(), 1 << 200), "");
    }

    function test_confirmationPeriodEndsBeforeTimeDoes() public {
        IPoolAuction.Opening memory opening = _opening(1);
        uint64 limit = FOREVER - house.CONFIRMATION_PERIOD();
        for (uint64 late = 0; late < 2; late++) {
            opening.performBy = limit + late;
            bytes memory signature = _signature(POOL, house.digestOf(opening));
            vm.expectRevert(
                abi.encodeWithSelector(
                    IPoolAuction.AuctionTimesInvalid.selector,
                    BIDDING_ENDS,
                    REVEAL_ENDS,
                    CHALLENGE_ENDS,
                    opening.performBy
                )
            );
            house.open(opening, signature);
        }
        opening.performBy = limit - 1;
        _open(opening);
    }

    function test_bundleNamesOneToFiveLotsOfTheAuction() public {
        _open(6);
        uint64[5] memory invalid = [uint64(0), 63, 64, 1 << 63, 65];
        for (uint256 i = 0; i < 5; i++) _bid(CARRIER, invalid[i], 5);
        _bid(CARRIER, 62, 5);
        vm.warp(BIDDING_ENDS);
        for (uint8 i = 0; i < 5; i++) {
            vm.expectRevert(
                abi.encodeWithSelector(IPoolAuction.AuctionBundleInvalid.selector, TENDER, invalid[i])
            );
            _reveal(i, invalid[i], 5);
        }
        _reveal(5, 62, 5);
    }

    function test_bundleMayNameTheLastOf64Lots() public {
        _open(64);
        _bid(CARRIER, 31 << 59, 5);
        vm.warp(BIDDING_ENDS);
        _reveal(0, 31 << 59, 5);
    }

    function _newCarrier() private returns (uint32) {
        vm.prank(council);
        return registry.admit(Role.CARRIER, "carrier", "", SALT, relay);
    }

    /// @dev The relay is the key of new carriers.
    function _bidAsRelay(uint32 carrier) private returns (uint8) {
        _fund(carrier, BOND);
        IPoolAuction.SealedBid memory sealedBid = _sealed(carrier, SALT);
        vm.prank(relay);
        return house.commit(sealedBid, "");
    }
}
