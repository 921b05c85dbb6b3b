// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../../contracts/interfaces/IPoolAuction.sol";
import {Authority, Permission} from "../../contracts/lib/Authority.sol";
import {AuctionNetwork} from "./fixtures/AuctionNetwork.sol";

/// @notice What every entry point of the auction refuses alike.
contract PoolAuctionAuthorityTest is AuctionNetwork {
    uint64 private constant NOWHERE = (uint64(POOL) << 32) | 99;

    function setUp() public {
        _setUpAuction();
    }

    function test_unknownAuctionIsRefusedEverywhere() public {
        bytes memory problem = abi.encodeWithSelector(IPoolAuction.AuctionUnknown.selector, NOWHERE);
        IPoolAuction.SealedBid memory sealedBid = _sealed(CARRIER, SALT);
        sealedBid.auction = NOWHERE;
        _expectCommitRefused(sealedBid, problem);
        vm.expectRevert(problem);
        house.reveal(NOWHERE, 0, 1, 1, SALT);
        vm.expectRevert(problem);
        house.propose(NOWHERE, 1);
        vm.expectRevert(problem);
        house.finalise(NOWHERE);
        IPoolAuction.LotStep memory step = _lotStep(POOL, 0, FAIL);
        step.auction = NOWHERE;
        bytes memory signature = _signature(POOL, house.digestOf(step));
        vm.expectRevert(problem);
        house.stepLot(step, signature);
    }

    function test_keyWithoutThePermissionTradesNothing() public {
        _open(1);
        address clerk = _account(STRANGER);
        _setKey(POOL, clerk, Permission.ALL & ~Permission.TRADE, 0);
        _setKey(CARRIER, clerk, Permission.ALL & ~Permission.TRADE, 0);
        IPoolAuction.Opening memory opening = _opening(1);
        opening.auction++;
        IPoolAuction.SealedBid memory sealedBid = _sealed(CARRIER, SALT);
        IPoolAuction.LotStep memory step = _lotStep(CARRIER, 0, PICK_UP);
        IPoolAuction.Withdrawal memory withdrawal = _withdrawal(CARRIER, 0, clerk);
        vm.startPrank(clerk);
        vm.expectRevert(_unauthorised(POOL, clerk));
        house.open(opening, "");
        vm.expectRevert(_unauthorised(CARRIER, clerk));
        house.commit(sealedBid, "");
        vm.expectRevert(_unauthorised(CARRIER, clerk));
        house.stepLot(step, "");
        vm.expectRevert(_unauthorised(CARRIER, clerk));
        house.withdraw(withdrawal, "");
    }

    function test_intentsExpireEverywhere() public {
        IPoolAuction.Opening memory opening = _opening(1);
        IPoolAuction.SealedBid memory sealedBid = _sealed(CARRIER, SALT);
        IPoolAuction.LotStep memory step = _lotStep(CARRIER, 0, PICK_UP);
        IPoolAuction.Withdrawal memory withdrawal = _withdrawal(CARRIER, 0, relay);
        vm.warp(opening.deadline);
        bytes memory problem = abi.encodeWithSelector(
            Authority.IntentExpired.selector,
            opening.deadline,
            opening.deadline
        );
        bytes memory signature = _signature(POOL, house.digestOf(opening));
        vm.expectRevert(problem);
        house.open(opening, signature);
        _expectCommitRefused(sealedBid, problem);
        signature = _signature(CARRIER, house.digestOf(step));
        vm.expectRevert(problem);
        house.stepLot(step, signature);
        signature = _signature(CARRIER, house.digestOf(withdrawal));
        vm.expectRevert(problem);
        house.withdraw(withdrawal, signature);
    }

    function test_malformedSignatureIsInvalid() public {
        IPoolAuction.Opening memory opening = _opening(1);
        vm.expectRevert(abi.encodeWithSelector(Authority.IntentSignatureInvalid.selector, POOL));
        house.open(opening, hex"1234");
    }

    function _unauthorised(uint32 organisation, address key) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                Authority.IntentUnauthorised.selector,
                organisation,
                key,
                Permission.TRADE
            );
    }
}
