// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

import {IOrgRegistry} from "../../contracts/interfaces/IOrgRegistry.sol";
import {Authority} from "../../contracts/lib/Authority.sol";

/// @notice Lets the runner call a library that wants calldata.
contract Asker {
    using Authority for Authority.Nonces;

    Authority.Nonces private _nonces;

    function admit(bytes calldata signature) external returns (bytes memory) {
        Authority.Speaker memory speaker;
        return _nonces.admit(IOrgRegistry(address(0)), speaker, 0, 1, 1, 1, type(uint64).max, signature);
    }
}

/// @notice A contract account is asked fairly or not at all, however well or badly the code around it is optimized.
contract TooLittleGasToAskTest is Test {
    Asker private _asker = new Asker();
    bytes private _signature = abi.encodePacked(address(0xacc0), uint8(0));

    function test_tooLittleGasToAskRevertsByName() public {
        vm.expectPartialRevert(Authority.IntentGasTooLow.selector);
        _asker.admit{gas: 100_000}(_signature);
    }

    function test_enoughGasAsks() public {
        bytes memory problem = _asker.admit{gas: 200_000}(_signature);
        assertEq(problem, abi.encodeWithSelector(Authority.IntentSignatureInvalid.selector, uint32(1)));
    }
}
