// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPoolAuction} from "../interfaces/IPoolAuction.sol";

/// @notice EIP-712 struct hashes of what is signed for an auction; the types stand in spec/intents.json.
library AuctionIntents {
    bytes32 internal constant OPENING_TYPEHASH =
        keccak256(
            "Opening(uint32 organisation,uint64 auction,address token,uint96 bond,uint64 biddingEnds,uint64 revealEnds,uint64 challengeEnds,uint64 performBy,bytes32 specification,bytes32 manifest,uint96[] reserves,uint64 deadline,uint256 nonce)"
        );
    bytes32 internal constant SEALED_BID_TYPEHASH =
        keccak256(
            "SealedBid(uint32 organisation,uint64 auction,bytes32 commitment,uint64 deadline,uint256 nonce)"
        );
    bytes32 internal constant LOT_STEP_TYPEHASH =
        keccak256(
            "LotStep(uint32 organisation,uint64 auction,uint8 lot,uint8 action,bytes32 document,bytes32 manifest,uint64 deadline,uint256 nonce)"
        );
    bytes32 internal constant WITHDRAWAL_TYPEHASH =
        keccak256(
            "Withdrawal(uint32 organisation,address token,uint256 amount,address to,uint64 deadline,uint256 nonce)"
        );

    /// @notice Struct hash of an opening.
    function hash(IPoolAuction.Opening calldata opening) internal pure returns (bytes32) {
        // In two halves, which are plain words put one behind the other, to stay within the stack.
        bytes memory head = abi.encode(
            OPENING_TYPEHASH,
            opening.organisation,
            opening.auction,
            opening.token,
            opening.bond,
            opening.biddingEnds,
            opening.revealEnds
        );
        bytes memory tail = abi.encode(
            opening.challengeEnds,
            opening.performBy,
            opening.specification,
            opening.manifest,
            keccak256(abi.encodePacked(opening.reserves)),
            opening.deadline,
            opening.nonce
        );
        return keccak256(bytes.concat(head, tail));
    }

    /// @notice Struct hash of a sealed bid.
    function hash(IPoolAuction.SealedBid calldata sealedBid) internal pure returns (bytes32) {
        return keccak256(abi.encode(SEALED_BID_TYPEHASH, sealedBid));
    }

    /// @notice Struct hash of a step of a lot.
    function hash(IPoolAuction.LotStep calldata step) internal pure returns (bytes32) {
        return keccak256(abi.encode(LOT_STEP_TYPEHASH, step));
    }

    /// @notice Struct hash of a withdrawal.
    function hash(IPoolAuction.Withdrawal calldata withdrawal) internal pure returns (bytes32) {
        return keccak256(abi.encode(WITHDRAWAL_TYPEHASH, withdrawal));
    }
}
