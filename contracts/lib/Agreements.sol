// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../interfaces/IOrderLedger.sol";
import {IOrgRegistry} from "../interfaces/IOrgRegistry.sol";
import {AgreementAction, AgreementState} from "./Lifecycle.sol";

/// @notice Trading relationships: proposed by one organisation, in force once every seated one has signed.
/// @dev Every step returns the encoded error instead of reverting; empty bytes mean that it was taken.
library Agreements {
    uint256 internal constant SEATS = 5;

    /// @dev Who sits where, and the state, in one slot; the terms' commitments in two more.
    struct Stored {
        uint32 buyer;
        uint32 seller;
        uint32 carrier;
        uint32 inspector;
        uint32 arbiter;
        uint8 state;
        uint8 unsigned;
        uint16 noticeDays;
        uint40 endsAt;
        bytes32 terms;
        bytes32 proposedTerms;
    }

    uint16 private constant PROPOSED = uint16(1 << uint8(AgreementState.Proposed));
    uint16 private constant ACTIVE = uint16(1 << uint8(AgreementState.Active));
    uint16 private constant AMENDING = uint16(1 << uint8(AgreementState.Amending));
    uint16 private constant ENDING = uint16(1 << uint8(AgreementState.Ending));
    /// @dev While new terms or an end are on the table, the old terms hold and orders may be issued.
    uint16 private constant IN_FORCE = ACTIVE | AMENDING | ENDING;

    /// @notice An organisation's seats (bit i: seat i), and whether new orders may be issued now.
    function seatsOf(Stored storage self, uint32 organisation) internal view returns (uint256 seats, bool isOpen) {
        if (self.buyer == organisation) seats |= 1;
        if (self.seller == organisation) seats |= 2;
        if (self.carrier == organisation) seats |= 4;
        if (self.inspector == organisation) seats |= 8;
        if (self.arbiter == organisation) seats |= 16;
        isOpen = _isIn(self, IN_FORCE) && (self.endsAt == 0 || block.timestamp < self.endsAt);
    }

    /// @notice Why no order may be issued now.
    function issueProblem(Stored storage self, uint64 agreement) internal view returns (bytes memory) {
        if (_isIn(self, IN_FORCE)) {
            return abi.encodeWithSelector(IOrderLedger.AgreementNoticed.selector, agreement, self.endsAt);
        }
        return _unexpected(self, agreement, IN_FORCE);
    }

    /// @notice Takes one step; the caller has checked the organisation's authority.
    function take(
        Stored storage self,
        IOrgRegistry registry,
        IOrderLedger.AgreementStep calldata step
    ) internal returns (bytes memory problem) {
        uint8 action = step.action;
        if (action == AgreementAction.PROPOSE) return _propose(self, registry, step);
        if (self.state == uint8(AgreementState.None)) {
            return abi.encodeWithSelector(IOrderLedger.AgreementUnknown.selector, step.agreement);
        }
        (uint256 seats, ) = seatsOf(self, step.organisation);
        if (seats == 0) {
            return
                abi.encodeWithSelector(
                    IOrderLedger.LedgerSeatMissing.selector,
                    step.agreement,
                    step.organisation,
                    action
                );
        }
        if (action == AgreementAction.SIGN) return _sign(self, step, seats);
        if (action == AgreementAction.DECLINE) return _decline(self, step.agreement);
        if (action == AgreementAction.AMEND) return _amend(self, step, seats);
        if (action == AgreementAction.DROP) return _drop(self, step.agreement);
        if (action == AgreementAction.PROPOSE_END) return _proposeEnd(self, step.agreement, seats);
        if (action == AgreementAction.SIGN_END) return _signEnd(self, step, seats);
        if (action == AgreementAction.GIVE_NOTICE) return _giveNotice(self, step.agreement);
        return abi.encodeWithSelector(IOrderLedger.LedgerActionUnknown.selector, action);
    }

    /// @notice The agreement as the interface shows it.
    function toView(Stored storage self) internal view returns (IOrderLedger.Agreement memory) {
        return
            IOrderLedger.Agreement({
                seats: [self.buyer, self.seller, self.carrier, self.inspector, self.arbiter],
                state: self.state,
                unsigned: self.unsigned,
                noticeDays: self.noticeDays,
                endsAt: self.endsAt,
                terms: self.terms,
                proposedTerms: self.proposedTerms
            });
    }

    function _propose(
        Stored storage self,
        IOrgRegistry registry,
        IOrderLedger.AgreementStep calldata step
    ) private returns (bytes memory) {
        if (step.agreement >> 32 != step.organisation) {
            return
                abi.encodeWithSelector(
                    IOrderLedger.AgreementNumberForeign.selector,
                    step.agreement,
                    step.organisation
                );
        }
        if (self.state != uint8(AgreementState.None)) {
            return _unexpected(self, step.agreement, uint16(1 << uint8(AgreementState.None)));
        }
        if (!_areSeatsValid(registry, step.organisation, step.seats)) {
            return abi.encodeWithSelector(IOrderLedger.AgreementSeatsInvalid.selector, step.agreement);
        }
        self.buyer = step.seats[0];
        self.seller = step.seats[1];
        self.carrier = step.seats[2];
        self.inspector = step.seats[3];
        self.arbiter = step.seats[4];
        self.noticeDays = step.noticeDays;
        self.proposedTerms = step.terms;
        self.state = uint8(AgreementState.Proposed);
        (uint256 seats, ) = seatsOf(self, step.organisation);
        self.unsigned = uint8(_taken(self) & ~seats);
        emit IOrderLedger.AgreementProposed(step.agreement, step.seats, step.noticeDays);
        return "";
    }

    function _sign(
        Stored storage self,
        IOrderLedger.AgreementStep calldata step,
        uint256 seats
    ) private returns (bytes memory) {
        if (!_isIn(self, PROPOSED | AMENDING)) return _unexpected(self, step.agreement, PROPOSED | AMENDING);
        if (!_areSeatsRepeated(self, step)) {
            return abi.encodeWithSelector(IOrderLedger.AgreementSeatsDiffer.selector, step.agreement);
        }
        if (step.terms != self.proposedTerms) {
            return
                abi.encodeWithSelector(
                    IOrderLedger.AgreementTermsDiffer.selector,
                    step.agreement,
                    self.proposedTerms,
                    step.terms
                );
        }
        if (self.unsigned & seats == 0) return _alreadySigned(step);
        self.unsigned = uint8(self.unsigned & ~seats);
        if (self.unsigned == 0) {
            self.terms = step.terms;
            self.proposedTerms = 0;
            self.state = uint8(AgreementState.Active);
        }
        return "";
    }

    function _decline(Stored storage self, uint64 agreement) private returns (bytes memory) {
        if (!_isIn(self, PROPOSED)) return _unexpected(self, agreement, PROPOSED);
        self.state = uint8(AgreementState.Declined);
        return "";
    }

    function _amend(
        Stored storage self,
        IOrderLedger.AgreementStep calldata step,
        uint256 seats
    ) private returns (bytes memory) {
        if (!_isIn(self, ACTIVE)) return _unexpected(self, step.agreement, ACTIVE);
        self.proposedTerms = step.terms;
        self.unsigned = uint8(_taken(self) & ~seats);
        self.state = uint8(AgreementState.Amending);
        return "";
    }

    function _drop(Stored storage self, uint64 agreement) private returns (bytes memory) {
        if (!_isIn(self, AMENDING | ENDING)) return _unexpected(self, agreement, AMENDING | ENDING);
        self.proposedTerms = 0;
        self.unsigned = 0;
        self.state = uint8(AgreementState.Active);
        return "";
    }

    function _proposeEnd(Stored storage self, uint64 agreement, uint256 seats) private returns (bytes memory) {
        if (!_isIn(self, ACTIVE)) return _unexpected(self, agreement, ACTIVE);
        self.unsigned = uint8(_taken(self) & ~seats);
        self.state = uint8(AgreementState.Ending);
        return "";
    }

    function _signEnd(
        Stored storage self,
        IOrderLedger.AgreementStep calldata step,
        uint256 seats
    ) private returns (bytes memory) {
        if (!_isIn(self, ENDING)) return _unexpected(self, step.agreement, ENDING);
        if (self.unsigned & seats == 0) return _alreadySigned(step);
        self.unsigned = uint8(self.unsigned & ~seats);
        if (self.unsigned == 0) self.state = uint8(AgreementState.Ended);
        return "";
    }

    function _giveNotice(Stored storage self, uint64 agreement) private returns (bytes memory) {
        if (!_isIn(self, ACTIVE)) return _unexpected(self, agreement, ACTIVE);
        if (self.endsAt != 0) {
            return abi.encodeWithSelector(IOrderLedger.AgreementNoticed.selector, agreement, self.endsAt);
        }
        // 40 bits hold the year 36812; 65,535 days of notice do not change that.
        self.endsAt = uint40(block.timestamp + uint256(self.noticeDays) * 1 days);
        return "";
    }

    /// @dev Buyer and seller are there and differ; the arbiter is neither, and the seller does not inspect its own goods;
    /// all exist; the proposer has a seat.
    function _areSeatsValid(
        IOrgRegistry registry,
        uint32 proposer,
        uint32[5] calldata seats
    ) private view returns (bool) {
        (uint32 buyer, uint32 seller, uint32 arbiter) = (seats[0], seats[1], seats[4]);
        if (buyer == 0 || seller == 0 || buyer == seller) return false;
        if (arbiter == buyer || arbiter == seller || seats[3] == seller) return false;
        uint32 members = registry.organisationCount();
        bool isSeated = false;
        for (uint256 i = 0; i < SEATS; i++) {
            if (seats[i] > members) return false;
            if (seats[i] == proposer) isSeated = true;
        }
        return isSeated;
    }

    /// @dev Whether a signer names the parties and the notice that were proposed.
    function _areSeatsRepeated(
        Stored storage self,
        IOrderLedger.AgreementStep calldata step
    ) private view returns (bool) {
        return
            step.seats[0] == self.buyer &&
            step.seats[1] == self.seller &&
            step.seats[2] == self.carrier &&
            step.seats[3] == self.inspector &&
            step.seats[4] == self.arbiter &&
            step.noticeDays == self.noticeDays;
    }

    /// @dev Bitmap of the seats that an organisation holds.
    function _taken(Stored storage self) private view returns (uint256 seats) {
        seats = 3;
        if (self.carrier != 0) seats |= 4;
        if (self.inspector != 0) seats |= 8;
        if (self.arbiter != 0) seats |= 16;
    }

    function _isIn(Stored storage self, uint16 states) private view returns (bool) {
        return (states >> self.state) & 1 == 1;
    }

    function _unexpected(Stored storage self, uint64 agreement, uint16 allowed) private view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IOrderLedger.AgreementUnexpectedState.selector,
                agreement,
                self.state,
                allowed
            );
    }

    function _alreadySigned(IOrderLedger.AgreementStep calldata step) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IOrderLedger.AgreementAlreadySigned.selector,
                step.agreement,
                step.organisation
            );
    }
}
