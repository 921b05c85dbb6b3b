// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title One field of a sealed document, proven to a contract
/// @notice For contracts that act on what a document says, such as an accepted quantity or a delivery date, without
/// seeing the rest of it. The proof is the very bytes that `consign proof make` writes for one field:
///
///     offset  size  what
///     0       1     version, 0x01
///     1       4     number of leaves of the document
///     5       2     number of fields proven: 1 here
///     7       4     index of the leaf
///     11      32    salt
///     43      2     length p of the pointer
///     45      p     pointer, for example /order_line/3/quantity/value
///     45+p    4     length v of the value
///     49+p    v     value as canonical JSON, for example "15" with its quotes
///     ...           siblings, 32 bytes each, to the end
///
/// The tree is that of ledger/document/merkle.py: SHA-256, four children to a node, shape fixed by the number of leaves.
///
/// @dev Assumes that the caller knows from elsewhere that the commitment is one to act on: the ledger keeps none in its
/// storage, and whoever commits alone can commit to anything. A commitment that the other party's gateway took in is that
/// of a canonical document of its type, in which each pointer stands once and each value has one spelling, so that
/// pointer and value can be compared byte by byte.
library DocumentProof {
    /// @notice The bytes are not the proof of one field.
    error DocumentProofMalformed();
    /// @notice The proof leads to another commitment.
    error DocumentProofMismatch(bytes32 commitment, bytes32 found);

    uint256 private constant SALT = 11;
    uint256 private constant POINTER_LENGTH = 43;
    uint256 private constant POINTER = 45;
    uint256 private constant LENGTH_SIZE = 4;
    uint256 private constant DIGEST_SIZE = 32;
    /// @dev Version, and one field.
    bytes1 private constant VERSION = 0x01;
    bytes2 private constant ONE_FIELD = 0x0001;

    /// @notice Reads the field that a proof shows, and checks that the document says so.
    /// @param commitment What the chain recorded of the document.
    /// @param proof As above.
    /// @return pointer Where the field stands.
    /// @return value What it says, as JSON.
    /// @dev Requirements: the proof is well formed (`DocumentProofMalformed`) and leads to the commitment
    /// (`DocumentProofMismatch`). Warning: compare `pointer`; the proof of another field of the document holds as well.
    function fieldOf(
        bytes32 commitment,
        bytes calldata proof
    ) internal pure returns (bytes calldata pointer, bytes calldata value) {
        bytes calldata siblings;
        (pointer, value, siblings) = _split(proof);
        uint256 count = uint32(bytes4(proof[1:5]));
        uint256 index = uint32(bytes4(proof[7:11]));
        if (index >= count) revert DocumentProofMalformed();
        bytes32 leaf = sha256(abi.encodePacked(hex"00", proof[SALT:POINTER_LENGTH], pointer, hex"0a", value));
        bytes32 top = _climb(leaf, index, count, siblings);
        bytes32 found = sha256(abi.encodePacked(hex"02", uint32(count), top));
        if (found != commitment) revert DocumentProofMismatch(commitment, found);
    }

    /// @notice Whether a value is this text, in which nothing has to be escaped: no quote, backslash or control character.
    function isText(bytes calldata value, string memory text) internal pure returns (bool) {
        return keccak256(value) == keccak256(abi.encodePacked("\"", text, "\""));
    }

    /// @dev Finds the parts of variable length. A line feed would end the pointer elsewhere than its length says.
    function _split(
        bytes calldata proof
    ) private pure returns (bytes calldata pointer, bytes calldata value, bytes calldata siblings) {
        if (proof.length < POINTER || proof[0] != VERSION || bytes2(proof[5:7]) != ONE_FIELD) {
            revert DocumentProofMalformed();
        }
        uint256 end = POINTER + uint16(bytes2(proof[POINTER_LENGTH:POINTER]));
        uint256 start = end + LENGTH_SIZE;
        if (proof.length < start) revert DocumentProofMalformed();
        pointer = proof[POINTER:end];
        for (uint256 i = 0; i < pointer.length; i++) {
            if (pointer[i] == 0x0a) revert DocumentProofMalformed();
        }
        end = start + uint32(bytes4(proof[end:start]));
        if (proof.length < end) revert DocumentProofMalformed();
        value = proof[start:end];
        siblings = proof[end:];
    }

    /// @dev Computes the top of the tree. Each level's nodes stand in groups of four; the last may be smaller, and a group
    /// of one moves up unchanged.
    function _climb(
        bytes32 node,
        uint256 index,
        uint256 size,
        bytes calldata siblings
    ) private pure returns (bytes32) {
        for (; size > 1; size = (size + 3) >> 2) {
            uint256 place = index & 3;
            // The index is below the size on every level, so there is at least one member.
            uint256 others = size - (index - place) - 1;
            if (others > 3) others = 3;
            if (others > 0) {
                uint256 used = others * DIGEST_SIZE;
                if (siblings.length < used) revert DocumentProofMalformed();
                uint256 left = place * DIGEST_SIZE;
                node = sha256(abi.encodePacked(hex"01", siblings[:left], node, siblings[left:used]));
                siblings = siblings[used:];
            }
            index >>= 2;
        }
        if (siblings.length != 0) revert DocumentProofMalformed();
        return node;
    }
}
