// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DocumentProof} from "../../contracts/lib/DocumentProof.sol";
import {DeliveryEscrow, FieldReader} from "../../contracts/mocks/DocumentReaders.sol";
import {DocumentProofVectors} from "./fixtures/DocumentProofVectors.sol";

/// @notice Proofs of fields, against the vectors that everybody shares and against trees built here.
contract DocumentProofTest is DocumentProofVectors {
    bytes internal constant POINTER = "/receipt_line/0/received_quantity/value";
    bytes internal constant VALUE = '"120"';
    bytes32 internal constant SALT = keccak256("salt");

    FieldReader internal reader;

    function setUp() public {
        reader = new FieldReader();
        _readVectors();
    }

    function test_proofsOfOneFieldEqualTheVectors() public view {
        bytes32 commitment = bytes32(_bytes(".commitment"));
        uint256 held;
        string[] memory proofs = abi.decode(vm.parseJson(vectors, "$.valid[*].proof"), (string[]));
        for (uint256 i = 0; i < proofs.length; i++) {
            bytes memory proof = _parse(proofs[i]);
            if (_fieldsOf(proof) > 1) continue;
            reader.fieldOf(commitment, proof);
            held++;
        }
        assertGt(held, 2);
    }

    function test_leavesAndTreesOfTheVectorsAreThoseBuiltHere() public view {
        string memory commitments = vm.readFile("contracts/spec/vectors/document_commitment.json");
        string[][] memory leaves = abi.decode(vm.parseJson(commitments, ".leaves_of_notice"), (string[][]));
        bytes32[] memory digests = new bytes32[](leaves.length);
        for (uint256 i = 0; i < leaves.length; i++) {
            digests[i] = sha256(abi.encodePacked(hex"00", _parse(leaves[i][2]), leaves[i][0], hex"0a", leaves[i][1]));
            assertEq(digests[i], bytes32(_parse(leaves[i][3])));
        }
        string[] memory tops = abi.decode(vm.parseJson(commitments, "$.trees[*].top"), (string[]));
        for (uint256 i = 0; i < tops.length; i++) {
            string memory key = string.concat(".trees[", vm.toString(i), "].digests");
            string[] memory nodes = abi.decode(vm.parseJson(commitments, key), (string[]));
            bytes32[] memory level = new bytes32[](nodes.length);
            for (uint256 j = 0; j < nodes.length; j++) level[j] = bytes32(_parse(nodes[j]));
            while (level.length > 1) level = _above(level);
            assertEq(level[0], bytes32(_parse(tops[i])));
        }
    }

    function test_brokenProofsOfTheVectorsAreRefused() public {
        bytes32 commitment = bytes32(_bytes(".commitment"));
        string[] memory proofs = abi.decode(vm.parseJson(vectors, "$.invalid[*].proof"), (string[]));
        string[] memory problems = abi.decode(vm.parseJson(vectors, "$.invalid[*].error"), (string[]));
        for (uint256 i = 0; i < proofs.length; i++) {
            bool isMismatch = keccak256(bytes(problems[i])) == keccak256("ProofMismatch");
            _expect(isMismatch ? DocumentProof.DocumentProofMismatch.selector : DocumentProof.DocumentProofMalformed.selector);
            reader.fieldOf(commitment, _parse(proofs[i]));
        }
    }

    function test_proofOfSeveralFieldsIsRefused() public {
        string[] memory proofs = abi.decode(vm.parseJson(vectors, "$.valid[*].proof"), (string[]));
        bytes memory proof = _parse(proofs[3]);
        assertEq(_fieldsOf(proof), 3);
        _expectMalformed();
        reader.fieldOf(bytes32(_bytes(".commitment")), proof);
    }

    function test_fieldOfALongOrderIsReadAsItStands() public view {
        (bytes memory pointer, bytes memory value) = reader.fieldOf(
            bytes32(_bytes(".long_order.commitment")),
            _bytes(".long_order.proof")
        );
        assertEq(string(pointer), "/order_line/199/quantity/value");
        assertEq(string(value), '"120"');
    }

    function test_mismatchNamesBothCommitments() public {
        (bytes32 commitment, bytes memory proof) = _tree(5, 4);
        vm.expectRevert(abi.encodeWithSelector(DocumentProof.DocumentProofMismatch.selector, SALT, commitment));
        reader.fieldOf(SALT, proof);
    }

    function testFuzz_fieldIsProvenAtEachPlaceOfATreeOfAnySize(uint256 count, uint256 index) public view {
        count = bound(count, 1, 300);
        (bytes32 commitment, bytes memory proof) = _tree(count, bound(index, 0, count - 1));
        (bytes memory pointer, bytes memory value) = reader.fieldOf(commitment, proof);
        assertEq(pointer, POINTER);
        assertEq(value, VALUE);
    }

    function testFuzz_changedProofIsRefused(uint256 count, uint256 index, uint256 place, uint8 change) public {
        count = bound(count, 1, 80);
        (bytes32 commitment, bytes memory proof) = _tree(count, bound(index, 0, count - 1));
        place = bound(place, 0, proof.length - 1);
        proof[place] ^= bytes1(uint8(bound(change, 1, 255)));
        vm.expectRevert();
        reader.fieldOf(commitment, proof);
    }

    function testFuzz_shortenedProofIsRefused(uint256 count, uint256 index, uint256 length) public {
        count = bound(count, 1, 80);
        (bytes32 commitment, bytes memory proof) = _tree(count, bound(index, 0, count - 1));
        length = bound(length, 0, proof.length - 1);
        assembly {
            mstore(proof, length)
        }
        _expectMalformed();
        reader.fieldOf(commitment, proof);
    }

    function testFuzz_anythingThatIsNoProofIsRefused(bytes32 commitment, bytes calldata proof) public {
        vm.expectRevert();
        reader.fieldOf(commitment, proof);
    }

    function test_indexOutsideTheTreeIsRefused() public {
        (bytes32 commitment, bytes memory proof) = _tree(1, 0);
        proof[10] = 0x01;
        _expectMalformed();
        reader.fieldOf(commitment, proof);
    }

    function test_treeWithoutLeavesIsRefused() public {
        bytes memory proof = abi.encodePacked(_head(0, 0), _field(POINTER));
        bytes32 commitment = sha256(abi.encodePacked(hex"02", uint32(0), _leaf(POINTER)));
        _expectMalformed();
        reader.fieldOf(commitment, proof);
    }

    function test_lineFeedDoesNotMoveTheEndOfAPointer() public {
        bytes memory pointer = "/a\n1";
        bytes memory proof = abi.encodePacked(_head(1, 0), _field(pointer));
        bytes32 commitment = sha256(abi.encodePacked(hex"02", uint32(1), _leaf(pointer)));
        _expectMalformed();
        reader.fieldOf(commitment, proof);
    }

    function test_textIsComparedWithItsQuotes() public view {
        assertTrue(reader.isText('"15"', "15"));
        assertFalse(reader.isText("15", "15"));
        assertFalse(reader.isText('"15"', "1"));
    }

    function test_escrowPaysWhenTheReceiptSaysWhatWasWanted() public {
        (bytes32 receipt, bytes memory proof) = _tree(9, 3);
        DeliveryEscrow escrow = _escrow("120");
        escrow.release(receipt, proof);
        assertEq(escrow.SELLER().balance, 1 ether);
        assertEq(address(escrow).balance, 0);
    }

    function test_escrowDoesNotPayForAnotherQuantity() public {
        (bytes32 receipt, bytes memory proof) = _tree(9, 3);
        DeliveryEscrow escrow = _escrow("121");
        vm.expectRevert(abi.encodeWithSelector(DeliveryEscrow.EscrowQuantityUnexpected.selector, VALUE));
        escrow.release(receipt, proof);
    }

    function test_escrowDoesNotPayForAnotherField() public {
        bytes memory proof = abi.encodePacked(_head(1, 0), _field("/id"));
        bytes32 receipt = sha256(abi.encodePacked(hex"02", uint32(1), _leaf("/id")));
        DeliveryEscrow escrow = _escrow("120");
        vm.expectRevert(abi.encodeWithSelector(DeliveryEscrow.EscrowFieldUnexpected.selector, bytes("/id")));
        escrow.release(receipt, proof);
    }

    function _escrow(string memory wanted) private returns (DeliveryEscrow) {
        vm.deal(address(this), 1 ether);
        return new DeliveryEscrow{value: 1 ether}(payable(makeAddr("seller")), wanted);
    }

    /// @dev A document whose field `index` is ours, and its proof: the slow and obvious way.
    function _tree(uint256 count, uint256 index) internal pure returns (bytes32 commitment, bytes memory proof) {
        bytes32[] memory nodes = new bytes32[](count);
        for (uint256 i = 0; i < count; i++) nodes[i] = i == index ? _leaf(POINTER) : sha256(abi.encode("leaf", i));
        proof = abi.encodePacked(_head(count, index), _field(POINTER));
        for (; nodes.length > 1; nodes = _above(nodes)) {
            for (uint256 i = index & ~uint256(3); i < (index | 3) + 1 && i < nodes.length; i++) {
                if (i != index) proof = abi.encodePacked(proof, nodes[i]);
            }
            index /= 4;
        }
        commitment = sha256(abi.encodePacked(hex"02", uint32(count), nodes[0]));
    }

    function _above(bytes32[] memory nodes) internal pure returns (bytes32[] memory above) {
        above = new bytes32[]((nodes.length + 3) / 4);
        for (uint256 group = 0; group < above.length; group++) {
            bytes memory members;
            for (uint256 i = 4 * group; i < 4 * group + 4 && i < nodes.length; i++) {
                members = abi.encodePacked(members, nodes[i]);
            }
            above[group] = members.length == 32 ? bytes32(members) : sha256(abi.encodePacked(hex"01", members));
        }
    }

    function _head(uint256 count, uint256 index) internal pure returns (bytes memory) {
        return abi.encodePacked(uint8(1), uint32(count), uint16(1), uint32(index));
    }

    function _field(bytes memory pointer) internal pure returns (bytes memory) {
        return abi.encodePacked(SALT, uint16(pointer.length), pointer, uint32(VALUE.length), VALUE);
    }

    function _leaf(bytes memory pointer) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(hex"00", SALT, pointer, hex"0a", VALUE));
    }

    function _fieldsOf(bytes memory proof) private pure returns (uint256) {
        return (uint256(uint8(proof[5])) << 8) | uint8(proof[6]);
    }

    function _expectMalformed() internal {
        _expect(DocumentProof.DocumentProofMalformed.selector);
    }

    /// @dev The error alone: what a mismatch names is tested by itself.
    function _expect(bytes4 problem) private {
        vm.expectPartialRevert(problem);
    }
}
