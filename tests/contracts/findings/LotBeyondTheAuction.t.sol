// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../../../contracts/interfaces/IPoolAuction.sol";
import {AuctionNetwork} from "../fixtures/AuctionNetwork.sol";

/// @notice A step of lot 64 was refused with the state of lot 0, because packed states repeat after 64 places.
contract LotBeyondTheAuctionTest is AuctionNetwork {
    function setUp() public {
        _setUpAuction();
        _open(1);
    }

    function testFuzz_lotBeyondTheAuctionIsRefusedAsAbsent(uint8 lot) public {
        lot = uint8(bound(lot, 1, 255));
        bytes memory problem = abi.encodeWithSelector(
            IPoolAuction.LotUnexpectedState.selector,
            TENDER,
            lot,
            0,
            1 << 2
        );
        _expectStepRefused(CARRIER, lot, PICK_UP, problem);
    }
}
