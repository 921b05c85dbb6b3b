// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../../contracts/interfaces/IPoolAuction.sol";
import {Authority, Permission} from "../../contracts/lib/Authority.sol";
import {AuctionNetwork} from "./fixtures/AuctionNetwork.sol";

/// @notice Who may take deposits out, and what every entry point of the auction refuses alike.
contract PoolAuctionAuthorityTest is AuctionNetwork {
    uint64 private constant NOWHERE = (uint64(POOL) << 32) | 99;

    function setUp() public {
        _setUpAuction();
    }

    // withdraw

    function test_onlyFreeDepositIsWithdrawn() public {
        _open(1);
        _fund(CARRIER, 5);
        _bid(CARRIER, 1, 5);
        IPoolAuction.Withdrawal memory withdrawal = _withdrawal(CARRIER, 6, address(0xca));
        bytes memory signature = _signature(CARRIER, house.digestOf(withdrawal));
        vm.expectRevert(_balanceTooLow(CARRIER, 5, 6));
        house.withdraw(withdrawal, signature);
        assertFalse(house.isNonceUsed(CARRIER, withdrawal.nonce));
    }

    function test_withdrawalIsNotReplayed() public {
        _fund(CARRIER, 10);
        IPoolAuction.Withdrawal memory withdrawal = _withdrawal(CARRIER, 5, address(0xca));
        bytes memory signature = _signature(CARRIER, house.digestOf(withdrawal));
        house.withdraw(withdrawal, signature);
        vm.expectRevert(abi.encodeWithSelector(Authority.IntentReplayed.selector, CARRIER, withdrawal.nonce));
        house.withdraw(withdrawal, signature);
    }

    function test_withdrawalNeedsItsOrganisationsKey() public {
        _fund(CARRIER, 10);
        IPoolAuction.Withdrawal memory withdrawal = _withdrawal(CARRIER, 5, address(0xca));
        bytes memory signature = _signature(RIVAL, house.digestOf(withdrawal));
        vm.expectRevert(_unauthorised(CARRIER, _account(RIVAL)));
        house.withdraw(withdrawal, signature);
        vm.expectRevert(_unauthorised(CARRIER, address(this)));
        house.withdraw(withdrawal, "");
        withdrawal.to = address(0xbad);
        vm.expectRevert();
        house.withdraw(withdrawal, signature);
    }

    // Every entry point

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

    function _expectCommitRefused(IPoolAuction.SealedBid memory sealedBid, bytes memory problem) private {
        bytes memory signature = _signature(sealedBid.organisation, house.digestOf(sealedBid));
        vm.expectRevert(problem);
        house.commit(sealedBid, signature);
    }

    function _balanceTooLow(uint32 organisation, uint256 has, uint256 needs) private view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IPoolAuction.AuctionBalanceTooLow.selector,
                organisation,
                address(token),
                has,
                needs
            );
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
