// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {Permission} from "../../contracts/lib/Authority.sol";
import {BurningAccount, OwnedAccount} from "../../contracts/mocks/Accounts.sol";
import {AgreeableAccount} from "./fixtures/Accounts.sol";
import {Act, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";
import {Problem} from "./fixtures/Problems.sol";

/// @notice An account of a key that has delegated its code (EIP-7702) speaks in both forms: by its key's signature as
/// before, and as the contract account that its delegate makes of it.
contract OrderLedgerDelegatedTest is LedgerNetwork {
    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
    }

    function test_delegationIsInForce() public {
        _delegate(address(new AgreeableAccount()));
        assertEq(_account(BRAND).code.length, 23);
        assertEq(AgreeableAccount(_account(BRAND)).isValidSignature(0, ""), bytes4(0x1626ba7e));
    }

    function test_delegatedAccountSignsAsBefore() public {
        _delegate(address(new BurningAccount()));
        IOrderLedger.Batch memory batch = _issuing(1);
        _send(batch, _signed(batch));
        _assertOrder(1, OrderIs.ISSUED);
    }

    function test_delegatedAccountSpeaksAsAContractAccount() public {
        _delegate(address(new AgreeableAccount()));
        IOrderLedger.Batch memory batch = _issuing(1);
        _send(batch, abi.encodePacked(_account(BRAND), hex"00"));
        _assertOrder(1, OrderIs.ISSUED);
    }

    function test_delegateThatSaysNoIsInvalidWhileTheKeySpeaksOn() public {
        // The delegate's own storage names no owner here, as the account's is empty.
        _delegate(address(new OwnedAccount(_account(BRAND))));
        IOrderLedger.Batch memory batch = _issuing(1);
        bytes memory signature = _signed(batch);
        _expectBatchRefused(batch, abi.encodePacked(_account(BRAND), signature, hex"00"), Problem.invalid(BRAND));
        _send(batch, signature);
        _assertOrder(1, OrderIs.ISSUED);
    }

    function test_delegateIsNoKeyOfItsAccountsOrganisation() public {
        address delegate = address(new AgreeableAccount());
        _delegate(delegate);
        IOrderLedger.Batch memory batch = _issuing(1);
        _expectBatchRefused(batch, abi.encodePacked(delegate, hex"00"), Problem.unauthorised(BRAND, delegate));
    }

    function test_withdrawnDelegationLeavesTheKeyAlone() public {
        _delegate(address(new AgreeableAccount()));
        _delegate(address(0));
        IOrderLedger.Batch memory batch = _issuing(1);
        _expectBatchRefused(batch, abi.encodePacked(_account(BRAND), hex"00"), Problem.invalid(BRAND));
        _send(batch, _signed(batch));
        _assertOrder(1, OrderIs.ISSUED);
    }

    /// @dev The permission is the account's, whichever form it speaks in.
    function test_revokedDelegatedAccountSpeaksInNeitherForm() public {
        _delegate(address(new AgreeableAccount()));
        _setKey(BRAND, _account(BRAND), Permission.AGREE, 0);
        IOrderLedger.Batch memory batch = _issuing(1);
        bytes memory problem = Problem.unauthorised(BRAND, _account(BRAND));
        _expectBatchRefused(batch, _signed(batch), problem);
        _expectBatchRefused(batch, abi.encodePacked(_account(BRAND), hex"00"), problem);
    }

    function test_bothFormsTravelTogether() public {
        _delegate(address(new AgreeableAccount()));
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](3);
        bytes[] memory signatures = new bytes[](3);
        for (uint32 i = 0; i < 3; i++) {
            batches[i] = _issuing(i);
            signatures[i] = i == 1 ? abi.encodePacked(_account(BRAND), hex"00") : _signed(batches[i]);
        }
        ledger.submit(batches, signatures);
        for (uint32 i = 0; i < 3; i++) _assertOrder(i, OrderIs.ISSUED);
    }

    /// @dev The account's code as a transaction with its authorisation leaves it; the runner cannot send such a one.
    function _delegate(address delegate) private {
        vm.etch(_account(BRAND), delegate == address(0) ? bytes("") : abi.encodePacked(hex"ef0100", delegate));
    }

    function _issuing(uint32 number) private returns (IOrderLedger.Batch memory) {
        return _batch(BRAND, bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, number)));
    }
}
