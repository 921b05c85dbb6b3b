// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../interfaces/IOrderLedger.sol";

/// @notice EIP-712 struct hashes of what organisations sign; the types stand in spec/intents.json.
library Intents {
    bytes32 internal constant BATCH_TYPEHASH =
        keccak256(
            "Batch(uint32 organisation,uint64 deadline,uint256 nonce,bytes32 documentsRoot,bytes32 manifest,bytes actions)"
        );
    bytes32 internal constant INTENT_TYPEHASH =
        keccak256(
            "Intent(uint32 organisation,uint64 agreement,uint8 action,uint32 number,uint32 order,uint64 deadline,uint256 nonce,bytes32 document,bytes32 manifest)"
        );
    bytes32 internal constant AGREEMENT_STEP_TYPEHASH =
        keccak256(
            "AgreementStep(uint32 organisation,uint64 agreement,uint8 action,uint32[5] seats,uint16 noticeDays,bytes32 terms,bytes32 manifest,uint64 deadline,uint256 nonce)"
        );

    /// @notice Struct hash of a batch.
    function hash(IOrderLedger.Batch calldata batch) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    BATCH_TYPEHASH,
                    batch.organisation,
                    batch.deadline,
                    batch.nonce,
                    batch.documentsRoot,
                    batch.manifest,
                    keccak256(batch.actions)
                )
            );
    }

    /// @notice Struct hash of an individually signed intent.
    /// @dev All members take one word, in calldata as in EIP-712, so the struct is its own encoding.
    function hash(IOrderLedger.Intent calldata intent) internal pure returns (bytes32) {
        bytes calldata members;
        assembly ("memory-safe") {
            members.offset := intent
            members.length := 0x120
        }
        return keccak256(bytes.concat(INTENT_TYPEHASH, members));
    }

    /// @notice Struct hash of a step in an agreement.
    function hash(IOrderLedger.AgreementStep calldata step) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    AGREEMENT_STEP_TYPEHASH,
                    step.organisation,
                    step.agreement,
                    step.action,
                    keccak256(abi.encode(step.seats)),
                    step.noticeDays,
                    step.terms,
                    step.manifest,
                    step.deadline,
                    step.nonce
                )
            );
    }
}
