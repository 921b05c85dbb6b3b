// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

import {IPoolAuction} from "../../contracts/interfaces/IPoolAuction.sol";
import {SlowAccount} from "../../contracts/mocks/Accounts.sol";
import {
    BlockingToken,
    CallbackToken,
    FalseToken,
    FeeToken,
    FickleToken,
    FreeToken,
    MuteToken,
    ShrinkingToken
} from "../../contracts/mocks/Tokens.sol";
import {AuctionNetwork} from "./fixtures/AuctionNetwork.sol";

/// @notice Odd and hostile bond tokens and receivers.
contract PoolAuctionTokensTest is AuctionNetwork {
    function setUp() public {
        _setUpAuction();
    }

    function test_feeOnTransferIsTheDepositors() public {
        token = new FeeToken();
        _fund(CARRIER, 1_000);
        _assertFree(CARRIER, 990);
        assertEq(token.balanceOf(address(house)), 990);
        _withdraw(_withdrawal(CARRIER, 990, address(0xca)));
        _assertFree(CARRIER, 0);
        assertEq(token.balanceOf(address(house)), 0);
        assertEq(token.balanceOf(address(0xca)), 981);
    }

    function test_bondIsNotCoveredByWhatAFeeHasEaten() public {
        token = new FeeToken();
        _open(1);
        _fund(CARRIER, BOND);
        _expectCommitRefused(_sealed(CARRIER, SALT), _balanceTooLow(CARRIER, BOND - BOND / 100, BOND));
        _fund(CARRIER, 20);
        _commit(_sealed(CARRIER, SALT));
    }

    function test_tokenThatReturnsNothingIsAccepted() public {
        MuteToken mute = new MuteToken();
        token = FreeToken(address(mute));
        mute.mint(address(this), 100);
        mute.approve(address(house), 100);
        house.deposit(CARRIER, address(mute), 100);
        _withdraw(_withdrawal(CARRIER, 40, address(0xca)));
        assertEq(mute.balanceOf(address(0xca)), 40);
        _assertFree(CARRIER, 60);
    }

    function test_tokenThatAnswersFalseIsRefused() public {
        FalseToken liar = new FalseToken();
        vm.expectRevert(abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(liar)));
        house.deposit(CARRIER, address(liar), 100);
        assertEq(house.freeDepositOf(CARRIER, address(liar)), 0);
    }

    function test_withdrawalOfATokenThatAnswersFalseKeepsTheDeposit() public {
        FickleToken fickle = new FickleToken();
        token = fickle;
        _fund(CARRIER, 100);
        fickle.refuse(true);
        IPoolAuction.Withdrawal memory withdrawal = _withdrawal(CARRIER, 100, address(0xca));
        bytes memory problem = abi.encodeWithSelector(
            SafeERC20.SafeERC20FailedOperation.selector,
            address(fickle)
        );
        _expectWithdrawalRefused(withdrawal, problem);
        _assertFree(CARRIER, 100);
        assertFalse(house.isNonceUsed(CARRIER, withdrawal.nonce));
        fickle.refuse(false);
        _withdraw(withdrawal);
        assertEq(token.balanceOf(address(0xca)), 100);
    }

    /// @dev The documented assumption is that balances do not shrink by themselves; breaking it hurts nobody else.
    function test_lossOfATokenThatShrinksFallsOnItsLastWithdrawer() public {
        FreeToken good = token;
        _fund(RIVAL, 100);
        ShrinkingToken shrinking = new ShrinkingToken();
        token = shrinking;
        _fund(CARRIER, 100);
        _fund(RIVAL, 100);
        shrinking.shrink(address(house), 100);
        _withdraw(_withdrawal(CARRIER, 100, address(0xca)));
        bytes memory problem = abi.encodeWithSelector(
            IERC20Errors.ERC20InsufficientBalance.selector,
            address(house),
            0,
            100
        );
        _expectWithdrawalRefused(_withdrawal(RIVAL, 100, address(0xca)), problem);
        token = good;
        _withdraw(_withdrawal(RIVAL, 100, address(0xca)));
        assertEq(good.balanceOf(address(0xca)), 100);
    }

    function test_tokenThatBlocksTheAuctionTakesNoDepositsAndGivesThemBack() public {
        BlockingToken blocking = new BlockingToken();
        token = blocking;
        _fund(CARRIER, 100);
        blocking.setBlocked(address(house), false);
        token.mint(address(this), 1);
        token.approve(address(house), 1);
        vm.expectRevert("BlockingToken: blocked");
        house.deposit(CARRIER, address(token), 1);
        _withdraw(_withdrawal(CARRIER, 100, address(0xca)));
        assertEq(token.balanceOf(address(0xca)), 100);
    }

    function test_depositOfAnAccountWithoutCodeReverts() public {
        vm.expectRevert();
        house.deposit(CARRIER, address(0xdead), 100);
    }

    function test_depositIsNotReentered() public {
        CallbackToken callback = _callbackToken();
        callback.mint(address(this), 100);
        callback.approve(address(house), 100);
        callback.arm(address(house), abi.encodeCall(house.deposit, (CARRIER, address(token), 0)));
        house.deposit(CARRIER, address(token), 100);
        _assertReentryRefused(callback);
        _assertFree(CARRIER, 100);
    }

    function test_withdrawalIsNotReentered() public {
        CallbackToken callback = _callbackToken();
        _fund(CARRIER, 100);
        IPoolAuction.Withdrawal memory inner = _withdrawal(CARRIER, 50, address(0xbad));
        bytes memory signature = _signature(CARRIER, house.digestOf(inner));
        callback.arm(address(house), abi.encodeCall(house.withdraw, (inner, signature)));
        _withdraw(_withdrawal(CARRIER, 50, address(0xca)));
        _assertReentryRefused(callback);
        _assertFree(CARRIER, 50);
        assertEq(token.balanceOf(address(0xbad)), 0);
    }

    function test_withdrawalDuringADepositIsRefused() public {
        CallbackToken callback = _callbackToken();
        _fund(RIVAL, 100);
        IPoolAuction.Withdrawal memory inner = _withdrawal(RIVAL, 100, address(0xbad));
        bytes memory signature = _signature(RIVAL, house.digestOf(inner));
        callback.mint(address(this), 100);
        callback.approve(address(house), 100);
        callback.arm(address(house), abi.encodeCall(house.withdraw, (inner, signature)));
        house.deposit(CARRIER, address(token), 100);
        _assertReentryRefused(callback);
        assertEq(token.balanceOf(address(house)), 200);
        _assertFree(CARRIER, 100);
        _assertFree(RIVAL, 100);
    }

    /// @dev A bid placed in the midst of a withdrawal finds the deposit already gone.
    function test_bidDuringAWithdrawalFindsTheDepositGone() public {
        CallbackToken callback = _callbackToken();
        _open(1);
        _fund(CARRIER, BOND);
        IPoolAuction.SealedBid memory sealedBid = _sealed(CARRIER, SALT);
        bytes memory signature = _signature(CARRIER, house.digestOf(sealedBid));
        callback.arm(address(house), abi.encodeCall(house.commit, (sealedBid, signature)));
        _withdraw(_withdrawal(CARRIER, BOND, address(0xca)));
        assertTrue(callback.wasCalledBack());
        assertFalse(callback.didSucceed());
        assertEq(
            callback.answer(),
            abi.encodeWithSelector(
                IPoolAuction.AuctionBalanceTooLow.selector,
                CARRIER,
                address(token),
                0,
                BOND
            )
        );
        assertEq(house.auctionOf(TENDER).bidCount, 0);
    }

    /// @dev Only money in and out is guarded; a final auction in the midst of a withdrawal keeps the books right.
    function test_auctionFinalisedDuringAWithdrawalKeepsTheBooks() public {
        CallbackToken callback = _callbackToken();
        _open(1);
        _bid(CARRIER, 1, 5);
        _bid(RIVAL, 1, 5);
        _fund(CARRIER, 100);
        vm.warp(BIDDING_ENDS);
        _reveal(0, 1, 5);
        vm.warp(CHALLENGE_ENDS);
        callback.arm(address(house), abi.encodeCall(house.finalise, (TENDER)));
        _withdraw(_withdrawal(CARRIER, 100, address(0xca)));
        assertTrue(callback.didSucceed());
        _assertFree(CARRIER, BOND);
        _assertFree(POOL, BOND);
        assertEq(token.balanceOf(address(house)), 2 * uint256(BOND));
    }

    function test_receiverThatRevertsHarmsNobodyElse() public {
        _runWithBlockedCarrier(false);
    }

    function test_receiverThatBurnsGasHarmsNobodyElse() public {
        _runWithBlockedCarrier(true);
    }

    function test_hostileTokenOfOneAuctionLeavesAnotherTokenAlone() public {
        _fund(CARRIER, 100);
        FreeToken good = token;
        token = new FeeToken();
        _fund(CARRIER, 100);
        assertEq(house.freeDepositOf(CARRIER, address(good)), 100);
        assertEq(good.balanceOf(address(house)), 100);
    }

    function test_contractAccountTrades() public {
        SlowAccount account = new SlowAccount();
        _setKey(CARRIER, address(account), 4, 0);
        _open(1);
        _fund(CARRIER, BOND);
        house.commit(_sealed(CARRIER, SALT), abi.encodePacked(address(account), uint8(0)));
        _assertBid(0, IPoolAuction.BidStatus.Sealed);
    }

    /// @dev The loser cannot be paid; the auction settles, the winner performs and is paid, and the loser keeps its due.
    function _runWithBlockedCarrier(bool burnsGas) private {
        BlockingToken blocking = new BlockingToken();
        token = blocking;
        _open(1);
        _bid(CARRIER, 1, 9_000);
        _bid(RIVAL, 1, 8_000);
        blocking.setBlocked(address(0xbad), burnsGas);
        vm.warp(BIDDING_ENDS);
        _reveal(0, 1, 9_000);
        _reveal(1, 1, 8_000);
        vm.warp(REVEAL_ENDS);
        house.propose(TENDER, 2);
        vm.warp(CHALLENGE_ENDS);
        house.finalise(TENDER);
        IPoolAuction.Withdrawal memory blocked = _withdrawal(CARRIER, BOND, address(0xbad));
        bytes memory signature = _signature(CARRIER, house.digestOf(blocked));
        vm.expectRevert();
        house.withdraw{gas: 1_000_000}(blocked, signature);
        _assertFree(CARRIER, BOND);
        _stepLot(RIVAL, 0, PICK_UP);
        _stepLot(POOL, 0, DELIVER);
        _withdraw(_withdrawal(RIVAL, BOND, address(0xca)));
        _withdraw(_withdrawal(CARRIER, BOND, address(0xca)));
        assertEq(token.balanceOf(address(0xca)), 2 * BOND);
    }

    function _callbackToken() private returns (CallbackToken callback) {
        callback = new CallbackToken();
        token = callback;
    }

    function _assertReentryRefused(CallbackToken callback) private view {
        assertTrue(callback.wasCalledBack());
        assertFalse(callback.didSucceed());
        assertEq(
            callback.answer(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
    }
}
