// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {IPoolAuction} from "../../contracts/interfaces/IPoolAuction.sol";
import {AuctionNetwork} from "./fixtures/AuctionNetwork.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";

/// @notice EIP-712 digests, built here field by field from the standard's text and compared with the contracts'.
contract DigestsTest is LedgerNetwork, AuctionNetwork {
    function setUp() public {
        _setUpLedger();
        IOrderLedger kept = ledger;
        _setUpAuction();
        ledger = kept;
    }

    function testFuzz_batchDigestFollowsTheStandard(IOrderLedger.Batch memory batch) public view {
        bytes memory fields = abi.encode(
            keccak256(
                "Batch(uint32 organisation,uint64 deadline,uint256 nonce,bytes32 documentsRoot,bytes32 manifest,bytes actions)"
            ),
            batch.organisation,
            batch.deadline,
            batch.nonce,
            batch.documentsRoot,
            batch.manifest,
            keccak256(batch.actions)
        );
        assertEq(ledger.digestOf(batch), _digest("Consign OrderLedger", address(ledger), fields));
    }

    function testFuzz_intentDigestFollowsTheStandard(IOrderLedger.Intent memory intent) public view {
        bytes memory fields = bytes.concat(
            keccak256(
                "Intent(uint32 organisation,uint64 agreement,uint8 action,uint32 number,uint32 order,uint64 deadline,uint256 nonce,bytes32 document,bytes32 manifest)"
            ),
            abi.encode(intent.organisation, intent.agreement, intent.action, intent.number, intent.order),
            abi.encode(intent.deadline, intent.nonce, intent.document, intent.manifest)
        );
        assertEq(ledger.digestOf(intent), _digest("Consign OrderLedger", address(ledger), fields));
    }

    function testFuzz_stepDigestFollowsTheStandard(IOrderLedger.AgreementStep memory step) public view {
        bytes memory seats;
        for (uint256 i = 0; i < 5; i++) seats = bytes.concat(seats, abi.encode(step.seats[i]));
        bytes memory fields = bytes.concat(
            keccak256(
                "AgreementStep(uint32 organisation,uint64 agreement,uint8 action,uint32[5] seats,uint16 noticeDays,bytes32 terms,bytes32 manifest,uint64 deadline,uint256 nonce)"
            ),
            abi.encode(step.organisation, step.agreement, step.action, keccak256(seats), step.noticeDays),
            abi.encode(step.terms, step.manifest, step.deadline, step.nonce)
        );
        assertEq(ledger.digestOf(step), _digest("Consign OrderLedger", address(ledger), fields));
    }

    function testFuzz_openingDigestFollowsTheStandard(IPoolAuction.Opening memory opening) public view {
        bytes memory reserves;
        for (uint256 i = 0; i < opening.reserves.length; i++) {
            reserves = bytes.concat(reserves, abi.encode(opening.reserves[i]));
        }
        bytes memory fields = bytes.concat(
            keccak256(
                "Opening(uint32 organisation,uint64 auction,address token,uint96 bond,uint64 biddingEnds,uint64 revealEnds,uint64 challengeEnds,uint64 performBy,bytes32 specification,bytes32 manifest,uint96[] reserves,uint64 deadline,uint256 nonce)"
            ),
            abi.encode(opening.organisation, opening.auction, opening.token, opening.bond),
            abi.encode(opening.biddingEnds, opening.revealEnds, opening.challengeEnds, opening.performBy),
            abi.encode(opening.specification, opening.manifest, keccak256(reserves)),
            abi.encode(opening.deadline, opening.nonce)
        );
        assertEq(house.digestOf(opening), _digest("Consign PoolAuction", address(house), fields));
    }

    function testFuzz_sealedBidDigestFollowsTheStandard(IPoolAuction.SealedBid memory bid) public view {
        bytes memory fields = abi.encode(
            keccak256(
                "SealedBid(uint32 organisation,uint64 auction,bytes32 commitment,uint64 deadline,uint256 nonce)"
            ),
            bid.organisation,
            bid.auction,
            bid.commitment,
            bid.deadline,
            bid.nonce
        );
        assertEq(house.digestOf(bid), _digest("Consign PoolAuction", address(house), fields));
    }

    function testFuzz_lotStepDigestFollowsTheStandard(IPoolAuction.LotStep memory step) public view {
        bytes memory fields = bytes.concat(
            keccak256(
                "LotStep(uint32 organisation,uint64 auction,uint8 lot,uint8 action,bytes32 document,bytes32 manifest,uint64 deadline,uint256 nonce)"
            ),
            abi.encode(step.organisation, step.auction, step.lot, step.action),
            abi.encode(step.document, step.manifest, step.deadline, step.nonce)
        );
        assertEq(house.digestOf(step), _digest("Consign PoolAuction", address(house), fields));
    }

    function testFuzz_withdrawalDigestFollowsTheStandard(IPoolAuction.Withdrawal memory withdrawal) public view {
        bytes memory fields = abi.encode(
            keccak256(
                "Withdrawal(uint32 organisation,address token,uint256 amount,address to,uint64 deadline,uint256 nonce)"
            ),
            withdrawal.organisation,
            withdrawal.token,
            withdrawal.amount,
            withdrawal.to,
            withdrawal.deadline,
            withdrawal.nonce
        );
        assertEq(house.digestOf(withdrawal), _digest("Consign PoolAuction", address(house), fields));
    }

    function testFuzz_commitmentIsTheHashOfItsParts(uint64 lots, uint96 price, bytes32 salt) public view {
        bytes memory parts = abi.encode(block.chainid, address(house), TENDER, CARRIER, lots, price, salt);
        assertEq(house.commitmentOf(TENDER, CARRIER, lots, price, salt), keccak256(parts));
    }

    function _digest(
        string memory name,
        address verifier,
        bytes memory fields
    ) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                verifier
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, keccak256(fields)));
    }
}
