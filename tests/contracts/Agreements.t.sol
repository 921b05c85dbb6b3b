// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {AgreementAction, AgreementState} from "../../contracts/lib/Lifecycle.sol";
import {AgreementNetwork} from "./fixtures/AgreementNetwork.sol";
import {Problem} from "./fixtures/Problems.sol";

/// @notice Agreements from their proposal to the last signature, and every step that their state refuses.
contract AgreementsTest is AgreementNetwork {
    uint64 private constant UNKNOWN = (uint64(BRAND) << 32) | 99;

    function setUp() public {
        _setUpLedger();
    }

    // Proposing and signing

    function test_agreementComesIntoForceWithTheLastOfFiveSignatures() public {
        _propose(FIRST, _allSeats());
        _assertAgreement(AgreementState.Proposed, 30, 0, TERMS);
        _sign(SUPPLIER, FIRST);
        _assertAgreement(AgreementState.Proposed, 28, 0, TERMS);
        _sign(INSPECTOR, FIRST);
        _sign(CARRIER, FIRST);
        _assertAgreement(AgreementState.Proposed, 16, 0, TERMS);
        _sign(ARBITER, FIRST);
        _assertAgreement(AgreementState.Active, 0, TERMS, 0);
        IOrderLedger.Agreement memory agreement = ledger.agreementOf(FIRST);
        for (uint256 i = 0; i < 5; i++) assertEq(agreement.seats[i], _allSeats()[i]);
        assertEq(agreement.noticeDays, 30);
        assertEq(agreement.endsAt, 0);
    }

    function testFuzz_agreementNeedsExactlyItsSeatedOrganisations(uint8 optional) public {
        uint32[5] memory seats = _allSeats();
        for (uint256 i = 2; i < 5; i++) if ((optional >> i) & 1 == 0) seats[i] = 0;
        _propose(FIRST, seats);
        for (uint256 i = 1; i < 5; i++) {
            assertEq(ledger.agreementOf(FIRST).state, uint8(AgreementState.Proposed) + _toInt(_isLast(seats, i)));
            if (seats[i] != 0) _sign(seats[i], FIRST);
        }
        assertEq(ledger.agreementOf(FIRST).state, uint8(AgreementState.Active));
        assertEq(ledger.agreementOf(FIRST).unsigned, 0);
    }

    function test_organisationWithTwoSeatsSignsOnceForBoth() public {
        _propose(FIRST, [BRAND, SUPPLIER, CARRIER, CARRIER, 0]);
        _sign(CARRIER, FIRST);
        _assertAgreement(AgreementState.Proposed, 2, 0, TERMS);
        _sign(SUPPLIER, FIRST);
        _assertAgreement(AgreementState.Active, 0, TERMS, 0);
    }

    function test_sellerMayPropose() public {
        uint64 number = (uint64(SUPPLIER) << 32) | 1;
        _propose(number, [BRAND, SUPPLIER, 0, 0, 0]);
        assertEq(ledger.agreementOf(number).unsigned, 1);
        _sign(BRAND, number);
        assertEq(ledger.agreementOf(number).state, uint8(AgreementState.Active));
    }

    function test_proposalAndStepAreAnnounced() public {
        IOrderLedger.AgreementStep memory step = _stepOf(BRAND, FIRST, AgreementAction.PROPOSE, TERMS);
        step.seats = _allSeats();
        step.noticeDays = 7;
        bytes32 digest = ledger.digestOf(step);
        vm.expectEmit(true, true, true, true, address(ledger));
        emit IOrderLedger.AgreementProposed(FIRST, step.seats, 7);
        vm.expectEmit(true, true, true, true, address(ledger));
        emit IOrderLedger.AgreementStepped(FIRST, BRAND, 1, 1, 30, 0, TERMS, MANIFEST, digest);
        _agree(step);
    }

    function test_unknownAgreementIsAllZero() public view {
        IOrderLedger.Agreement memory none;
        assertEq(abi.encode(ledger.agreementOf(UNKNOWN)), abi.encode(none));
    }

    function test_proposalUnderForeignNumberIsRefused() public {
        IOrderLedger.AgreementStep memory step = _stepOf(SUPPLIER, FIRST, AgreementAction.PROPOSE, TERMS);
        step.seats = _allSeats();
        _expectRefused(step, abi.encodeWithSelector(IOrderLedger.AgreementNumberForeign.selector, FIRST, SUPPLIER));
    }

    function test_numberIsProposedOnce() public {
        _propose(FIRST, _allSeats());
        IOrderLedger.AgreementStep memory step = _stepOf(BRAND, FIRST, AgreementAction.PROPOSE, keccak256("other"));
        step.seats = _allSeats();
        _expectRefused(step, _unexpected(AgreementState.Proposed, 1));
    }

    function test_declinedNumberIsNotProposedAgain() public {
        _propose(FIRST, _allSeats());
        _agree(ARBITER, FIRST, AgreementAction.DECLINE);
        IOrderLedger.AgreementStep memory step = _stepOf(BRAND, FIRST, AgreementAction.PROPOSE, TERMS);
        step.seats = _allSeats();
        _expectRefused(step, _unexpected(AgreementState.Declined, 1));
    }

    function test_invalidSeatsAreRefused() public {
        uint32[5][10] memory invalid = [
            [uint32(0), SUPPLIER, 0, 0, 0], // no buyer
            [BRAND, 0, 0, 0, 0], // no seller
            [BRAND, BRAND, 0, 0, 0], // one firm on both sides
            [BRAND, SUPPLIER, 0, 0, BRAND], // the buyer arbitrates
            [BRAND, SUPPLIER, 0, 0, SUPPLIER], // the seller arbitrates
            [SUPPLIER, CARRIER, 0, 0, 0], // the proposer has no seat
            [BRAND, 9, 0, 0, 0], // a seller that does not exist
            [BRAND, SUPPLIER, 0, 9, 0], // an inspector that does not exist
            [BRAND, SUPPLIER, 0, SUPPLIER, 0], // the seller inspects its own goods
            [BRAND, SUPPLIER, 0, 0, type(uint32).max] // an arbiter that does not exist
        ];
        for (uint256 i = 0; i < invalid.length; i++) {
            IOrderLedger.AgreementStep memory step = _stepOf(BRAND, FIRST, AgreementAction.PROPOSE, TERMS);
            step.seats = invalid[i];
            _expectRefused(step, abi.encodeWithSelector(IOrderLedger.AgreementSeatsInvalid.selector, FIRST));
        }
    }

    function test_signatureUnderOtherTermsIsRefused() public {
        _propose(FIRST, _allSeats());
        bytes32 other = keccak256("other terms");
        _expectRefused(
            _signatureStep(SUPPLIER, FIRST, other),
            abi.encodeWithSelector(IOrderLedger.AgreementTermsDiffer.selector, FIRST, TERMS, other)
        );
    }

    function test_nobodySignsTwice() public {
        _propose(FIRST, _allSeats());
        _expectRefused(_signatureStep(BRAND, FIRST, TERMS), _alreadySigned(BRAND));
        _sign(SUPPLIER, FIRST);
        _expectRefused(_signatureStep(SUPPLIER, FIRST, TERMS), _alreadySigned(SUPPLIER));
    }

    function test_strangerTakesNoStep() public {
        _conclude(FIRST, _allSeats());
        for (uint8 action = AgreementAction.SIGN; action <= AgreementAction.GIVE_NOTICE; action++) {
            _expectRefused(
                _stepOf(STRANGER, FIRST, action, TERMS),
                Problem.seatMissing(FIRST, STRANGER, action)
            );
        }
    }

    function test_noStepInUnknownAgreement() public {
        for (uint8 action = AgreementAction.SIGN; action <= AgreementAction.GIVE_NOTICE; action++) {
            _expectRefused(
                _stepOf(BRAND, UNKNOWN, action, TERMS),
                Problem.unknownAgreement(UNKNOWN)
            );
        }
    }

    function test_unknownStepsAreRefused() public {
        _conclude(FIRST, _allSeats());
        uint8[3] memory unknown = [0, 9, 255];
        for (uint256 i = 0; i < unknown.length; i++) {
            _expectRefused(
                _stepOf(BRAND, FIRST, unknown[i], TERMS),
                Problem.unknownAction(unknown[i])
            );
        }
    }

    /// @dev Every step from every state: what the table does not allow is refused with the states it does allow.
    function test_stepsAreRefusedFromEveryOtherState() public {
        uint16[9] memory allowed = [uint16(0), 0, 1 << 1 | 1 << 3, 1 << 1, 1 << 2, 1 << 3 | 1 << 4, 1 << 2, 1 << 4, 1 << 2];
        for (uint8 state = 1; state <= uint8(AgreementState.Declined); state++) {
            uint64 number = FIRST + state;
            _bringTo(number, AgreementState(state));
            for (uint8 action = AgreementAction.SIGN; action <= AgreementAction.GIVE_NOTICE; action++) {
                if ((allowed[action] >> state) & 1 == 1) continue;
                bytes memory problem = Problem.agreementState(number, state, allowed[action]);
                _expectRefused(_stepOf(SUPPLIER, number, action, TERMS), problem);
            }
        }
    }

    function _unexpected(AgreementState current, uint16 allowed) private pure returns (bytes memory) {
        return Problem.agreementState(FIRST, uint8(current), allowed);
    }

    function _isLast(uint32[5] memory seats, uint256 from) private pure returns (bool) {
        for (uint256 i = from; i < 5; i++) if (seats[i] != 0) return false;
        return true;
    }

    function _toInt(bool value) private pure returns (uint8) {
        return value ? 1 : 0;
    }
}
