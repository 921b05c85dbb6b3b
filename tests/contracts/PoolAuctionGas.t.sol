// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../../contracts/interfaces/IPoolAuction.sol";
import {Role} from "../../contracts/lib/Authority.sol";
import {AuctionNetwork} from "./fixtures/AuctionNetwork.sol";
import {Artifacts} from "./fixtures/Network.sol";

/// @notice Gas at the caps: 256 bids of as many carriers on 64 lots. Half a block of 30 M is the limit.
/// @dev Everything is placed in `setUp`, so that every slot is cold.
abstract contract AuctionAtTheCap is AuctionNetwork {
    event GasUsed(string name, uint256 gas);

    uint256 internal constant LIMIT = 15_000_000;

    function setUp() public virtual {
        _setUpAuction();
        _open(64);
        for (uint256 i = 0; i < 256; i++) _bidAsNewCarrier(i);
        vm.warp(BIDDING_ENDS);
    }

    /// @dev Bids 0 to 63 cover one lot each, so that an allocation may choose 64 of them; the others share lots.
    function _bidAsNewCarrier(uint256 i) private {
        vm.prank(council);
        uint32 carrier = registry.admit(Role.CARRIER, "carrier", "", SALT, relay);
        _fund(carrier, BOND);
        bytes32 commitment = house.commitmentOf(TENDER, carrier, _lots(i), 100, SALT);
        IPoolAuction.SealedBid memory sealedBid = _sealed(carrier, commitment);
        vm.prank(relay);
        house.commit(sealedBid, "");
    }

    function _lots(uint256 i) internal pure returns (uint64) {
        return uint64(1) << uint64(i % 64);
    }

    function _revealAll() internal {
        for (uint256 i = 0; i < 256; i++) _reveal(uint8(i), _lots(i), 100);
    }

    function _assertBelowHalfABlock(string memory name, bytes memory call_) internal {
        Artifacts(address(vm)).cool(address(house));
        uint256 before = gasleft();
        (bool isDone, ) = address(house).call(call_);
        uint256 used = before - gasleft() + 21_000;
        assertTrue(isDone, name);
        emit GasUsed(name, used);
        assertLt(used, LIMIT, name);
    }
}

contract AuctionGasOfSilenceTest is AuctionAtTheCap {
    function test_revealingTheLastBid() public {
        _assertBelowHalfABlock("reveal", abi.encodeCall(house.reveal, (TENDER, 255, _lots(255), 100, SALT)));
    }

    function test_finalisingAmong256SilentBidders() public {
        vm.warp(CHALLENGE_ENDS);
        _assertBelowHalfABlock("finalise, 256 silent bidders", abi.encodeCall(house.finalise, (TENDER)));
        _assertFree(POOL, 256 * uint256(BOND));
    }
}

contract AuctionGasOfProposalsTest is AuctionAtTheCap {
    function setUp() public override {
        super.setUp();
        _revealAll();
        vm.warp(REVEAL_ENDS);
    }

    function test_proposing64Of256Bids() public {
        bytes memory call_ = abi.encodeCall(house.propose, (TENDER, type(uint64).max));
        _assertBelowHalfABlock("propose, 64 of 256 bids", call_);
    }

    function test_proposingTheLast64Of256Bids() public {
        bytes memory call_ = abi.encodeCall(house.propose, (TENDER, uint256(type(uint64).max) << 192));
        _assertBelowHalfABlock("propose, the last 64 of 256 bids", call_);
    }

    function test_proposingOneOf256BidsReadsAllReserves() public {
        bytes memory call_ = abi.encodeCall(house.propose, (TENDER, 1 << 255));
        _assertBelowHalfABlock("propose, one of 256 bids", call_);
    }

    function test_finalising256Losers() public {
        vm.warp(CHALLENGE_ENDS);
        _assertBelowHalfABlock("finalise, 256 losers", abi.encodeCall(house.finalise, (TENDER)));
        _assertBid(255, IPoolAuction.BidStatus.Released);
    }
}

contract AuctionGasOfTheAwardTest is AuctionAtTheCap {
    function setUp() public override {
        super.setUp();
        _revealAll();
        vm.warp(REVEAL_ENDS);
        house.propose(TENDER, uint256(type(uint64).max) << 192);
        vm.warp(CHALLENGE_ENDS);
    }

    function test_finalising256RevealedBids() public {
        _assertBelowHalfABlock("finalise, 64 winners, 192 losers", abi.encodeCall(house.finalise, (TENDER)));
        _assertBid(255, IPoolAuction.BidStatus.Won);
        _assertBid(0, IPoolAuction.BidStatus.Released);
    }

    function test_steppingTheLastLot() public {
        house.finalise(TENDER);
        IPoolAuction.LotStep memory step = _lotStep(house.bidOf(TENDER, 255).organisation, 63, PICK_UP);
        vm.prank(relay);
        _assertBelowHalfABlock("pick up the last lot", abi.encodeCall(house.stepLot, (step, "")));
    }
}
