// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {Permission} from "../../contracts/lib/Authority.sol";
import {
    BurningAccount,
    OwnedAccount,
    RevertingAccount,
    TalkativeAccount,
    TerseAccount,
    WritingAccount
} from "../../contracts/mocks/Accounts.sol";
import {AgreeableAccount} from "./fixtures/Accounts.sol";
import {Act, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";
import {Problem} from "./fixtures/Problems.sol";

/// @notice Contract accounts (ERC-1271) that speak for organisations: honest and hostile ones.
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
        _expectBatchRefused(batch, _proof(address(account), uint256(keccak256("thief")), batch), Problem.invalid(BRAND));
    }

    function test_accountWithoutCodeGivesNoAnswer() public {
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        _expectBatchRefused(batch, _proof(_account(BRAND), OWNER, batch), Problem.invalid(BRAND));
    }

    function test_contractAccountThatIsNoKeyIsUnauthorised() public {
        OwnedAccount other = new OwnedAccount(vm.addr(OWNER));
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        bytes memory problem = Problem.unauthorised(BRAND, address(other));
        _expectBatchRefused(batch, _proof(address(other), OWNER, batch), problem);
    }

    /// @dev Between a relay's check and the inclusion the account changes its mind: the last word counts.
    function test_answerIsAskedForAtExecution() public {
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        bytes memory proof = _proof(address(account), OWNER, batch);
        assertEq(account.isValidSignature(ledger.digestOf(batch), _signatureOf(OWNER, ledger.digestOf(batch))), bytes4(0x1626ba7e));
        account.dismissOwner();
        _expectBatchRefused(batch, proof, Problem.invalid(BRAND));
    }

    /// @dev The organisation is inside what is signed, so a signature for one does not speak for the other.
    function test_oneOwnerBehindTwoAccountsSpeaksForEachByItself() public {
        OwnedAccount second = new OwnedAccount(vm.addr(OWNER));
        _setKey(STRANGER, address(second), Permission.ALL, 0);
        _conclude(SECOND, [BRAND, STRANGER, 0, 0, 0]);
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        bytes memory signature = _signatureOf(OWNER, ledger.digestOf(batch));
        batch.organisation = STRANGER;
        _expectBatchRefused(batch, abi.encodePacked(address(second), signature, hex"00"), Problem.invalid(STRANGER));
        _expectBatchRefused(batch, abi.encodePacked(address(account), signature, hex"00"), Problem.invalid(STRANGER));
        batch.organisation = BRAND;
        bytes memory problem = Problem.unauthorised(BRAND, address(second));
        _expectBatchRefused(batch, abi.encodePacked(address(second), signature, hex"00"), problem);
        _send(batch, abi.encodePacked(address(account), signature, hex"00"));
        _assertOrder(1, OrderIs.ISSUED);
    }

    /// @dev The last byte alone tells the forms apart; a contract account's own proof may end as it likes.
    function test_lastByteTellsWhoseSignatureItIs() public {
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        bytes memory bare = abi.encodePacked(address(account), _signatureOf(OWNER, ledger.digestOf(batch)));
        _expectBatchRefused(batch, bare, Problem.invalid(BRAND));
        _expectBatchRefused(batch, bytes.concat(bare, hex"01"), Problem.invalid(BRAND));
        _expectBatchRefused(batch, bytes.concat(bare, hex"0000"), Problem.invalid(BRAND));
        _send(batch, bytes.concat(bare, hex"00"));
        _assertOrder(1, OrderIs.ISSUED);
    }

    /// @dev 65 bytes are an account's key or a contract account with 44 bytes of proof, never both.
    function test_contractAccountsProofMayHaveAnyLength() public {
        AgreeableAccount agreeable = new AgreeableAccount();
        _setKey(BRAND, address(agreeable), Permission.ALL, 0);
        uint16[6] memory lengths = [0, 1, 43, 44, 45, 1_000];
        for (uint32 i = 0; i < 6; i++) {
            bytes memory proof = new bytes(lengths[i]);
            if (proof.length != 0) proof[proof.length - 1] = 0x1b;
            IOrderLedger.Batch memory batch = _issuing(BRAND, i);
            vm.expectCall(address(agreeable), abi.encodeCall(agreeable.isValidSignature, (ledger.digestOf(batch), proof)));
            _send(batch, abi.encodePacked(agreeable, proof, hex"00"));
            _assertOrder(i, OrderIs.ISSUED);
        }
    }

    function test_accountsAddressCutShortIsInvalid() public {
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        _expectBatchRefused(batch, hex"00", Problem.invalid(BRAND));
        _expectBatchRefused(batch, abi.encodePacked(bytes19(bytes20(address(account))), hex"00"), Problem.invalid(BRAND));
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
            _expectBatchRefused(batch, abi.encodePacked(hostile[i], hex"1200"), Problem.invalid(BRAND));
            assertLt(before - gasleft(), 250_000, "gas of a hostile account");
        }
    }

    function test_longAnswerCostsOnlyItsAccountsShare() public {
        address talkative = address(new TalkativeAccount());
        _setKey(BRAND, talkative, Permission.ALL, 0);
        IOrderLedger.Batch memory batch = _issuing(BRAND, 1);
        uint256 before = gasleft();
        _send(batch, abi.encodePacked(talkative, hex"1200"));
        assertLt(before - gasleft(), 250_000, "gas of a long answer");
        _assertOrder(1, OrderIs.ISSUED);
    }

    function test_burningAccountDoesNotSinkItsNeighbours() public {
        address burning = address(new BurningAccount());
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](3);
        bytes[] memory signatures = new bytes[](3);
        for (uint32 i = 0; i < 3; i++) {
            batches[i] = _issuing(BRAND, i);
            signatures[i] = i == 1 ? abi.encodePacked(burning, hex"00") : _signed(batches[i]);
        }
        ledger.submit{gas: 600_000}(batches, signatures);
        _assertOrder(0, OrderIs.ISSUED);
        _assertOrder(1, OrderIs.NONE);
        _assertOrder(2, OrderIs.ISSUED);
    }

    function _issuing(uint32 organisation, uint32 number) private returns (IOrderLedger.Batch memory) {
        return _batch(organisation, bytes.concat(Stream.select(FIRST), Stream.one(Act.ISSUE, number)));
    }

    function _proof(
        address speaker,
        uint256 owner,
        IOrderLedger.Batch memory batch
    ) private view returns (bytes memory) {
        return abi.encodePacked(speaker, _signatureOf(owner, ledger.digestOf(batch)), hex"00");
    }
}
