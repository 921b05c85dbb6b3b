// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {AgreementAction, AgreementState} from "../../contracts/lib/Lifecycle.sol";
import {AgreementNetwork} from "./fixtures/AgreementNetwork.sol";
import {Problem} from "./fixtures/Problems.sol";

/// @notice What a signature repeats, and how agreements change and end.
contract AgreementsInForceTest is AgreementNetwork {
    function setUp() public {
        _setUpLedger();
    }

    // What a signature has to repeat

    /// @dev A signer signs who is party to it and how long the notice is, not only a number and a hash.
    function testFuzz_signatureUnderOtherSeatsOrNoticeIsRefused(uint8 field, uint32 other) public {
        _propose(FIRST, _allSeats());
        IOrderLedger.AgreementStep memory step = _signatureStep(SUPPLIER, FIRST, TERMS);
        field = uint8(bound(field, 0, 5));
        vm.assume(other != (field < 5 ? step.seats[field % 5] : step.noticeDays));
        if (field < 5) step.seats[field] = other;
        else step.noticeDays = uint16(bound(other, 31, type(uint16).max));
        _expectRefused(step, abi.encodeWithSelector(IOrderLedger.AgreementSeatsDiffer.selector, FIRST));
        assertEq(ledger.agreementOf(FIRST).unsigned, 30);
    }

    function test_signatureUnderExchangedSeatsIsRefused() public {
        _propose(FIRST, _allSeats());
        IOrderLedger.AgreementStep memory step = _signatureStep(SUPPLIER, FIRST, TERMS);
        (step.seats[2], step.seats[3]) = (INSPECTOR, CARRIER);
        _expectRefused(step, abi.encodeWithSelector(IOrderLedger.AgreementSeatsDiffer.selector, FIRST));
    }

    function test_signatureWithoutSeatsIsRefused() public {
        _propose(FIRST, _allSeats());
        _expectRefused(
            _stepOf(SUPPLIER, FIRST, AgreementAction.SIGN, TERMS),
            abi.encodeWithSelector(IOrderLedger.AgreementSeatsDiffer.selector, FIRST)
        );
    }

    function test_otherSeatsAreNamedBeforeOtherTerms() public {
        _propose(FIRST, _allSeats());
        IOrderLedger.AgreementStep memory step = _signatureStep(BRAND, FIRST, keccak256("other"));
        step.seats[4] = 0;
        _expectRefused(step, abi.encodeWithSelector(IOrderLedger.AgreementSeatsDiffer.selector, FIRST));
    }

    function testFuzz_stepsButProposalAndSignatureIgnoreSeats(uint32[5] memory seats, uint16 noticeDays) public {
        _conclude(FIRST, _allSeats());
        IOrderLedger.AgreementStep memory step = _stepOf(SUPPLIER, FIRST, AgreementAction.AMEND, keccak256("next"));
        (step.seats, step.noticeDays) = (seats, noticeDays);
        _agree(step);
        IOrderLedger.Agreement memory agreement = ledger.agreementOf(FIRST);
        assertEq(agreement.state, uint8(AgreementState.Amending));
        assertEq(agreement.noticeDays, 30);
        for (uint256 i = 0; i < 5; i++) assertEq(agreement.seats[i], _allSeats()[i]);
    }

    // Declining, amending, dropping

    function test_anySeatedOrganisationDeclines() public {
        _propose(FIRST, _allSeats());
        _agree(INSPECTOR, FIRST, AgreementAction.DECLINE);
        _assertAgreement(AgreementState.Declined, 30, 0, TERMS);
    }

    function test_amendmentReplacesTheTermsOnceAllHaveSigned() public {
        _conclude(FIRST, [BRAND, SUPPLIER, CARRIER, 0, 0]);
        bytes32 next = keccak256("next terms");
        _agree(_stepOf(SUPPLIER, FIRST, AgreementAction.AMEND, next));
        _assertAgreement(AgreementState.Amending, 5, TERMS, next);
        _agree(_signatureStep(CARRIER, FIRST, next));
        _assertAgreement(AgreementState.Amending, 1, TERMS, next);
        _agree(_signatureStep(BRAND, FIRST, next));
        _assertAgreement(AgreementState.Active, 0, next, 0);
    }

    function test_amenderHasSigned() public {
        _conclude(FIRST, _allSeats());
        _agree(_stepOf(SUPPLIER, FIRST, AgreementAction.AMEND, keccak256("next")));
        _expectRefused(
            _signatureStep(SUPPLIER, FIRST, keccak256("next")),
            _alreadySigned(SUPPLIER)
        );
    }

    function test_droppedAmendmentLeavesTheOldTerms() public {
        _conclude(FIRST, _allSeats());
        _agree(_stepOf(SUPPLIER, FIRST, AgreementAction.AMEND, keccak256("next")));
        _agree(BRAND, FIRST, AgreementAction.DROP);
        _assertAgreement(AgreementState.Active, 0, TERMS, 0);
    }

    function test_signatureUnderDroppedAmendmentDoesNotSignTheNext() public {
        _conclude(FIRST, [BRAND, SUPPLIER, 0, 0, 0]);
        bytes32 dropped = keccak256("dropped");
        bytes32 next = keccak256("next");
        _agree(_stepOf(SUPPLIER, FIRST, AgreementAction.AMEND, dropped));
        IOrderLedger.AgreementStep memory late = _signatureStep(BRAND, FIRST, dropped);
        _agree(SUPPLIER, FIRST, AgreementAction.DROP);
        _agree(_stepOf(SUPPLIER, FIRST, AgreementAction.AMEND, next));
        _expectRefused(
            late,
            abi.encodeWithSelector(IOrderLedger.AgreementTermsDiffer.selector, FIRST, next, dropped)
        );
    }

    function test_signatureUnderAnAmendmentRepeatsSeatsAndNotice() public {
        _conclude(FIRST, [BRAND, SUPPLIER, 0, 0, 0]);
        bytes32 next = keccak256("next");
        _agree(_stepOf(SUPPLIER, FIRST, AgreementAction.AMEND, next));
        IOrderLedger.AgreementStep memory step = _signatureStep(BRAND, FIRST, next);
        step.noticeDays = 31;
        _expectRefused(step, abi.encodeWithSelector(IOrderLedger.AgreementSeatsDiffer.selector, FIRST));
        (step.noticeDays, step.seats[2]) = (30, CARRIER);
        _expectRefused(step, abi.encodeWithSelector(IOrderLedger.AgreementSeatsDiffer.selector, FIRST));
        step.seats[2] = 0;
        _agree(step);
        _assertAgreement(AgreementState.Active, 0, next, 0);
    }

    // Ending

    function test_agreementEndsByConsent() public {
        _conclude(FIRST, [BRAND, SUPPLIER, CARRIER, 0, 0]);
        _agree(BRAND, FIRST, AgreementAction.PROPOSE_END);
        _assertAgreement(AgreementState.Ending, 6, TERMS, 0);
        _agree(CARRIER, FIRST, AgreementAction.SIGN_END);
        _expectRefused(_stepOf(CARRIER, FIRST, AgreementAction.SIGN_END, 0), _alreadySigned(CARRIER));
        _expectRefused(_stepOf(BRAND, FIRST, AgreementAction.SIGN_END, 0), _alreadySigned(BRAND));
        _agree(SUPPLIER, FIRST, AgreementAction.SIGN_END);
        _assertAgreement(AgreementState.Ended, 0, TERMS, 0);
    }

    function test_proposedEndIsDropped() public {
        _conclude(FIRST, _allSeats());
        _agree(BRAND, FIRST, AgreementAction.PROPOSE_END);
        _agree(SUPPLIER, FIRST, AgreementAction.DROP);
        _assertAgreement(AgreementState.Active, 0, TERMS, 0);
    }

    function test_noticeIsGivenOnce() public {
        _conclude(FIRST, _allSeats());
        _agree(CARRIER, FIRST, AgreementAction.GIVE_NOTICE);
        uint64 endsAt = uint64(START + 30 days);
        assertEq(ledger.agreementOf(FIRST).endsAt, endsAt);
        assertEq(ledger.agreementOf(FIRST).state, uint8(AgreementState.Active));
        skip(1 days);
        _expectRefused(
            _stepOf(BRAND, FIRST, AgreementAction.GIVE_NOTICE, 0),
            Problem.noticed(FIRST, endsAt)
        );
    }

    function testFuzz_noticeEndsAfterItsDays(uint16 noticeDays, uint32 later) public {
        IOrderLedger.AgreementStep memory step = _stepOf(BRAND, FIRST, AgreementAction.PROPOSE, TERMS);
        step.seats = [BRAND, SUPPLIER, 0, 0, 0];
        step.noticeDays = noticeDays;
        _agree(step);
        _sign(SUPPLIER, FIRST);
        vm.warp(START + later);
        _agree(SUPPLIER, FIRST, AgreementAction.GIVE_NOTICE);
        assertEq(ledger.agreementOf(FIRST).endsAt, START + later + uint256(noticeDays) * 1 days);
    }

    /// @dev All by all: a step of one agreement leaves every other as it was.
    function test_stepTouchesOnlyItsAgreement() public {
        _conclude(FIRST, _allSeats());
        _conclude(SECOND, [BRAND, SUPPLIER, 0, 0, 0]);
        bytes memory before = abi.encode(ledger.agreementOf(SECOND));
        _agree(BRAND, FIRST, AgreementAction.PROPOSE_END);
        assertEq(abi.encode(ledger.agreementOf(SECOND)), before);
    }
}
