// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {FieldReader} from "../../contracts/mocks/DocumentReaders.sol";
import {DocumentProofVectors} from "./fixtures/DocumentProofVectors.sol";
import {Artifacts} from "./fixtures/Network.sol";

/// @notice What a proof of one field of an order of 200 lines costs the contract that reads it.
contract DocumentProofGasOfALongOrderTest is DocumentProofVectors {
    event GasUsed(string name, uint256 gas);

    uint256 private constant LIMIT = 30_000;

    function setUp() public {
        _readVectors();
    }

    function test_readingAndCarryingAFieldStaysWithinItsGas() public {
        bytes32 commitment = bytes32(_bytes(".long_order.commitment"));
        bytes memory proof = _bytes(".long_order.proof");
        bytes memory call_ = abi.encodeCall(FieldReader.fieldOf, (commitment, proof));
        // The library is part of the contract that is called, and that is warm in a transaction to it.
        address called = _deploy("FieldReader");
        (bool isDone, ) = called.call(call_);
        assertTrue(isDone);
        uint256 before = gasleft();
        (isDone, ) = called.call(call_);
        uint256 reading = before - gasleft();
        assertTrue(isDone);
        uint256 carrying = _calldataGas(call_);
        emit GasUsed("reading", reading);
        emit GasUsed("carrying", carrying);
        assertLt(reading + carrying, LIMIT);
    }

    /// @dev 4 for a zero byte and 16 for any other, as every transaction pays for what it carries.
    function _calldataGas(bytes memory data) private pure returns (uint256 gas) {
        for (uint256 i = 0; i < data.length; i++) gas += data[i] == 0 ? 4 : 16;
    }

    /// @dev As it would be deployed: tests themselves are compiled plainly.
    function _deploy(string memory name) private returns (address deployed) {
        bytes memory code = Artifacts(address(vm)).getCode(name);
        assembly {
            deployed := create(0, add(code, 32), mload(code))
        }
        assertTrue(deployed != address(0), name);
    }
}
