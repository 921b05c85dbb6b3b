// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {Authority, Permission} from "../../contracts/lib/Authority.sol";
import {
    BurningAccount,
    OwnedAccount,
    RevertingAccount,
    SlowAccount,
    TalkativeAccount,
    TerseAccount,
    WritingAccount
} from "../../contracts/mocks/Accounts.sol";
import {Act, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";

/// @notice Contract accounts (ERC-1271) that speak for organisations: honest, hostile and starved ones.
contract OrderLedgerAccountsTest is LedgerNetwork {
    uint256 private constant OWNER = uint256(keccak256("owner"));
    OwnedAccount private account;

    function setUp() public {
        _setUpLedger();
        _conclude(FIRST, _allSeats());
        account = new OwnedAccount(vm.addr(OWNER));
        _setKey(BRAND, address(account), Permission.ALL, 0);
    }

    function test_contractAccountSpeaksForItsOrganisation() public {
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        _send(batch, _proof(address(account), OWNER, batch));
        _assertOrder(1, OrderIs.ISSUED);
    }

    function test_contractAccountCallsDirectly() public {
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](1);
        batches[0] = _issuing(BRAND, 1);
        account.execute(address(ledger), abi.encodeCall(ledger.submit, (batches, new bytes[](1))));
        _assertOrder(1, OrderIs.ISSUED);
    }

    function test_contractAccountThatSaysNoIsInvalid() public {
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        _expectBatchRefused(batch, _proof(address(account), uint256(keccak256("thief")), batch), _invalid(BRAND));
    }

    function test_accountWithoutCodeGivesNoAnswer() public {
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        _expectBatchRefused(batch, _proof(_account(BRAND), OWNER, batch), _invalid(BRAND));
    }

    function test_contractAccountThatIsNoKeyIsUnauthorised() public {
        OwnedAccount other = new OwnedAccount(vm.addr(OWNER));
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        bytes memory problem = abi.encodeWithSelector(
            Authority.IntentUnauthorised.selector,
            BRAND,
            address(other),
            Permission.RECORD
        );
        _expectBatchRefused(batch, _proof(address(other), OWNER, batch), problem);
    }

    /// @dev Between a relay's check and the inclusion the account changes its mind: the last word counts.
    function test_answerIsAskedForAtExecution() public {
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        bytes memory proof = _proof(address(account), OWNER, batch);
        assertEq(account.isValidSignature(ledger.digestOf(batch), _signatureOf(OWNER, ledger.digestOf(batch))), bytes4(0x1626ba7e));
        account.dismissOwner();
        _expectBatchRefused(batch, proof, _invalid(BRAND));
    }

    /// @dev The organisation is inside what is signed, so a signature for one does not speak for the other.
    function test_oneOwnerBehindTwoAccountsSpeaksForEachByItself() public {
        OwnedAccount second = new OwnedAccount(vm.addr(OWNER));
        _setKey(STRANGER, address(second), Permission.ALL, 0);
        _conclude(SECOND, [BRAND, STRANGER, 0, 0, 0]);
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        bytes memory signature = _signatureOf(OWNER, ledger.digestOf(batch));
        batch.organisation = STRANGER;
        _expectBatchRefused(batch, abi.encodePacked(address(second), signature), _invalid(STRANGER));
        _expectBatchRefused(batch, abi.encodePacked(address(account), signature), _invalid(STRANGER));
        batch.organisation = BRAND;
        bytes memory problem = abi.encodeWithSelector(
            Authority.IntentUnauthorised.selector,
            BRAND,
            address(second),
            Permission.RECORD
        );
        _expectBatchRefused(batch, abi.encodePacked(address(second), signature), problem);
        _send(batch, abi.encodePacked(address(account), signature));
        _assertOrder(1, OrderIs.ISSUED);
    }

    function test_accountThatDelegatesItsCodeSignsAsBefore() public {
        vm.etch(_account(BRAND), address(account).code);
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        _send(batch, _signed(batch));
        _assertOrder(1, OrderIs.ISSUED);
    }

    // Hostile accounts

    function test_hostileAccountsAreRefusedAtABoundedPrice() public {
        address[4] memory hostile = [
            address(new BurningAccount()),
            address(new TerseAccount()),
            address(new RevertingAccount()),
            address(new WritingAccount())
        ];
        for (uint256 i = 0; i < hostile.length; i++) {
            _setKey(BRAND, hostile[i], Permission.ALL, 0);
            IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
            uint256 before = gasleft();
            _expectBatchRefused(batch, abi.encodePacked(hostile[i], hex"00"), _invalid(BRAND));
            assertLt(before - gasleft(), 250_000, "gas of a hostile account");
        }
    }

    function test_longAnswerCostsOnlyItsAccountsShare() public {
        address talkative = address(new TalkativeAccount());
        _setKey(BRAND, talkative, Permission.ALL, 0);
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        uint256 before = gasleft();
        _send(batch, abi.encodePacked(talkative, hex"00"));
        assertLt(before - gasleft(), 250_000, "gas of a long answer");
        _assertOrder(1, OrderIs.ISSUED);
    }

    function test_burningAccountDoesNotSinkItsNeighbours() public {
        address burning = address(new BurningAccount());
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](3);
        bytes[] memory signatures = new bytes[](3);
        for (uint32 i = 0; i < 3; i++) {
            batches[i] = _issuing(BRAND, i);
            signatures[i] = i == 1 ? abi.encodePacked(burning) : _signed(batches[i]);
        }
        ledger.submit{gas: 600_000}(batches, signatures);
        _assertOrder(0, OrderIs.ISSUED);
        _assertOrder(1, OrderIs.NONE);
        _assertOrder(2, OrderIs.ISSUED);
    }

    // Starved by the relay

    function test_starvedQuestionRevertsTheWholeTransaction() public {
        address slow = address(new SlowAccount());
        _setKey(BRAND, slow, Permission.ALL, 0);
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](1);
        bytes[] memory signatures = new bytes[](1);
        (batches[0], signatures[0]) = (_issuing(BRAND, 1), abi.encodePacked(slow));
        vm.expectPartialRevert(Authority.IntentGasTooLow.selector);
        ledger.submit{gas: 100_000}(batches, signatures);
    }

    /// @dev At every gas limit a valid batch either stands or the transaction is undone; it is never refused.
    function test_noGasLimitTurnsAValidBatchIntoARefusedOne() public {
        address slow = address(new SlowAccount());
        _setKey(BRAND, slow, Permission.ALL, 0);
        _assertNeverRefused(abi.encodePacked(slow), 20_000, 300_000, 1_733);
        _assertNeverRefused("", 15_000, 120_000, 397);
    }

    /// @dev A long proof makes the question itself dear; its price must not come out of the account's share.
    function test_longProofDoesNotStarveItsAccount() public {
        address slow = address(new SlowAccount());
        _setKey(BRAND, slow, Permission.ALL, 0);
        _assertNeverRefused(bytes.concat(abi.encodePacked(slow), new bytes(60_000)), 60_000, 400_000, 1_733);
    }

    /// @dev An empty proof stands for the ordinary signature of the organisation's key.
    function _assertNeverRefused(bytes memory proof, uint256 from, uint256 to, uint256 step) private {
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](1);
        bytes[] memory signatures = new bytes[](1);
        batches[0] = _issuing(BRAND, 1);
        signatures[0] = proof.length == 0 ? _signed(batches[0]) : proof;
        uint256 recorded = 0;
        for (uint256 limit = from; limit < to; limit += step) {
            uint256 snapshot = vm.snapshotState();
            try ledger.submit{gas: limit}(batches, signatures) {
                _assertOrder(1, OrderIs.ISSUED);
                recorded++;
            } catch {
                _assertOrder(1, OrderIs.NONE);
            }
            vm.revertToState(snapshot);
        }
        assertGt(recorded, 0, "the range reaches success");
        assertLt(recorded, (to - from) / step, "the range begins with failure");
    }

    function _issuing(uint32 organisation, uint32 number) private returns (IOrderLedger.Batch memory) {
        return _batch(organisation, bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, number)));
    }

    function _proof(
        address speaker,
        uint256 owner,
        IOrderLedger.Batch memory batch
    ) private view returns (bytes memory) {
        return abi.encodePacked(speaker, _signatureOf(owner, ledger.digestOf(batch)));
    }

    function _invalid(uint32 organisation) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Authority.IntentSignatureInvalid.selector, organisation);
    }
}
