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

    function test_finalisingWhenNothingIsAwardedAnyMore() public {
        house.propose(TENDER, type(uint64).max);
        vm.warp(PERFORM_BY);
        _assertBelowHalfABlock("finalise, late", abi.encodeCall(house.finalise, (TENDER)));
        _assertLot(63, VOID);
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

/// @notice What the steps of an ordinary tender cost: four lots, three carriers with two bids each.
contract AuctionGasOfAnOrdinaryTenderTest is AuctionNetwork {
    event GasUsed(string name, uint256 gas);

    uint32[3] private _carriers;

    function setUp() public {
        _setUpAuction();
        _open(4);
        for (uint32 i = 0; i < 3; i++) {
            vm.prank(council);
            _carriers[i] = registry.admit(Role.CARRIER, "carrier", "", SALT, relay);
            _fund(_carriers[i], 2 * BOND);
        }
    }

    function test_stepsOfAnOrdinaryTenderCostLittle() public {
        IPoolAuction.Opening memory opening = _opening(4);
        opening.auction++;
        bytes memory signature = _signature(POOL, house.digestOf(opening));
        _measure("open, 4 lots", 230_000, abi.encodeCall(house.open, (opening, signature)));
        for (uint64 i = 0; i < 6; i++) _placeBid(i);
        vm.warp(BIDDING_ENDS);
        for (uint8 i = 0; i < 6; i++) {
            _measure("reveal", 41_000, abi.encodeCall(house.reveal, (TENDER, i, _bundle(i), 100, SALT)));
        }
        vm.warp(REVEAL_ENDS);
        _measure("propose, 3 of 6 bids", 82_000, abi.encodeCall(house.propose, (TENDER, 7)));
        vm.warp(CHALLENGE_ENDS);
        _measure("finalise, 3 of 6 bids", 162_000, abi.encodeCall(house.finalise, (TENDER)));
        for (uint8 lot = 0; lot < 3; lot++) {
            _stepAndMeasure(_carriers[lot], lot, PICK_UP, "pick up");
            _stepAndMeasure(POOL, lot, DELIVER, "deliver");
        }
    }

    function _placeBid(uint64 i) private {
        uint32 carrier = _carriers[i % 3];
        bytes32 commitment = house.commitmentOf(TENDER, carrier, _bundle(i), 100, SALT);
        bytes memory call_ = abi.encodeCall(house.commit, (_sealed(carrier, commitment), ""));
        _measure("commit", 145_000, call_);
    }

    function _bundle(uint64 i) private pure returns (uint64) {
        return uint64(1) << (i % 3);
    }

    function _stepAndMeasure(uint32 organisation, uint8 lot, uint8 action, string memory name) private {
        IPoolAuction.LotStep memory step = _lotStep(organisation, lot, action);
        bytes memory signature = organisation == POOL ? _signature(POOL, house.digestOf(step)) : bytes("");
        _measure(name, 82_000, abi.encodeCall(house.stepLot, (step, signature)));
    }

    function _measure(string memory name, uint256 limit, bytes memory call_) private {
        Artifacts(address(vm)).cool(address(house));
        Artifacts(address(vm)).cool(address(registry));
        vm.prank(relay);
        uint256 before = gasleft();
        (bool isDone, ) = address(house).call(call_);
        uint256 used = before - gasleft() + 21_000;
        assertTrue(isDone, name);
        emit GasUsed(name, used);
        assertLt(used, limit, name);
    }
}
