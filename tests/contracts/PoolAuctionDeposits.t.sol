// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../../contracts/interfaces/IPoolAuction.sol";
import {Authority, Permission} from "../../contracts/lib/Authority.sol";
import {AuctionNetwork} from "./fixtures/AuctionNetwork.sol";

/// @notice What is put down for an organisation, and who takes it out.
contract PoolAuctionDepositsTest is AuctionNetwork {
    function setUp() public {
        _setUpAuction();
    }

    function test_depositIsWithdrawnBySignature() public {
        _fund(CARRIER, 500);
        IPoolAuction.Withdrawal memory withdrawal = _withdrawal(CARRIER, 200, address(0xca));
        vm.expectEmit(true, true, true, true, address(house));
        emit IPoolAuction.Withdrawn(CARRIER, address(token), 200, address(0xca));
        _withdraw(withdrawal);
        _assertFree(CARRIER, 300);
        assertEq(token.balanceOf(address(0xca)), 200);
    }

    function test_depositIsWithdrawnByTheKeyItself() public {
        _fund(CARRIER, 500);
        IPoolAuction.Withdrawal memory withdrawal = _withdrawal(CARRIER, 500, address(0xca));
        vm.prank(_account(CARRIER));
        house.withdraw(withdrawal, "");
        _assertFree(CARRIER, 0);
    }

    function testFuzz_depositsAddUp(uint96[5] memory amounts) public {
        uint256 sum = 0;
        for (uint256 i = 0; i < 5; i++) {
            _fund(CARRIER, amounts[i]);
            sum += amounts[i];
            _assertFree(CARRIER, sum);
        }
        assertEq(token.balanceOf(address(house)), sum);
    }

    // deposit

    function test_depositOfAnUnknownOrganisationIsRefused() public {
        uint32 last = registry.organisationCount();
        token.mint(address(this), 3);
        token.approve(address(house), 3);
        uint32[3] memory unknown = [0, last + 1, type(uint32).max];
        for (uint256 i = 0; i < 3; i++) {
            vm.expectRevert(
                abi.encodeWithSelector(IPoolAuction.AuctionOrganisationUnknown.selector, unknown[i])
            );
            house.deposit(unknown[i], address(token), 1);
        }
        house.deposit(1, address(token), 1);
        house.deposit(last, address(token), 2);
        _assertFree(1, 1);
        _assertFree(last, 2);
    }

    function test_depositOfASuspendedOrganisationArrives() public {
        _setSuspended(CARRIER, true);
        _fund(CARRIER, 5);
        _assertFree(CARRIER, 5);
    }

    // withdraw

    function test_onlyFreeDepositIsWithdrawn() public {
        _open(1);
        _fund(CARRIER, 5);
        _bid(CARRIER, 1, 5);
        IPoolAuction.Withdrawal memory withdrawal = _withdrawal(CARRIER, 6, address(0xca));
        _expectWithdrawalRefused(withdrawal, _balanceTooLow(CARRIER, 5, 6));
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
        signature = _signature(CARRIER, house.digestOf(withdrawal));
        withdrawal.to = address(0xbad);
        vm.expectPartialRevert(Authority.IntentUnauthorised.selector);
        house.withdraw(withdrawal, signature);
        _assertFree(CARRIER, 10);
    }

    function test_depositIsNotWithdrawnToNobodyNorToTheAuctionItself() public {
        _fund(CARRIER, 10);
        address[2] memory invalid = [address(0), address(house)];
        for (uint256 i = 0; i < 2; i++) {
            bytes memory problem = abi.encodeWithSelector(
                IPoolAuction.AuctionReceiverInvalid.selector,
                invalid[i]
            );
            _expectWithdrawalRefused(_withdrawal(CARRIER, 10, invalid[i]), problem);
            _expectWithdrawalRefused(_withdrawal(CARRIER, 0, invalid[i]), problem);
        }
        _assertFree(CARRIER, 10);
        _withdraw(_withdrawal(CARRIER, 10, address(registry)));
        assertEq(token.balanceOf(address(registry)), 10);
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
