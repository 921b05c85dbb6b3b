// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {DocumentProof} from "../lib/DocumentProof.sol";

/// @notice The library as it is: shows what a proof proves, and does nothing with it.
contract FieldReader {
    function fieldOf(bytes32 commitment, bytes calldata proof) external pure returns (bytes memory, bytes memory) {
        return DocumentProof.fieldOf(commitment, proof);
    }

    function isText(bytes calldata value, string calldata text) external pure returns (bool) {
        return DocumentProof.isText(value, text);
    }
}

/// @notice What others may build on the network: holds a seller's payment until a receipt is proven to say that all was
/// received. The buyer names the receipt's commitment; neither learns the contract anything else of the document.
contract DeliveryEscrow {
    using DocumentProof for bytes32;

    error EscrowFieldUnexpected(bytes pointer);
    error EscrowQuantityUnexpected(bytes value);

    bytes public constant QUANTITY = "/receipt_line/0/received_quantity/value";

    address payable public immutable SELLER;
    string public wanted;

    constructor(address payable seller, string memory wanted_) payable {
        SELLER = seller;
        wanted = wanted_;
    }

    /// @notice Pays the seller, if the receipt says so.
    function release(bytes32 receipt, bytes calldata proof) external {
        (bytes calldata pointer, bytes calldata value) = receipt.fieldOf(proof);
        if (keccak256(pointer) != keccak256(QUANTITY)) revert EscrowFieldUnexpected(pointer);
        if (!DocumentProof.isText(value, wanted)) revert EscrowQuantityUnexpected(value);
        Address.sendValue(SELLER, address(this).balance);
    }
}
