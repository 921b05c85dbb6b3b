// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title The shared record of agreements, orders and deliveries.
/// @notice Organisations sign what they want recorded (an intent); anyone may carry it here. The ledger checks that
/// the key speaks for the organisation, that the organisation holds the seat, and that the lifecycle allows the step.
/// Contents stay between the parties: only a Merkle root over commitments and a manifest's digest are recorded.
/// @dev There are three ways in and one core: `submit` (an organisation-signed batch of any number of actions, or the
/// caller's own when its signature is empty), `submitIntents` (individually signed actions of many signers), and
/// `agree` (steps of an agreement, with typed terms).
///
/// Layout of `Batch.actions`, records without padding:
///
///     00 | agreement (8)                           the records that follow are in this agreement
///     aa | count (2) | number (4) ...              action aa (1-7f) on each of `count` orders or deliveries
///     aa+80 | count (2) | number (4)               a run: the same on `count` consecutive ones from `number` on
///
/// Where the action opens a delivery, each number is followed by its order (4); in a run, delivery number+i belongs to
/// order order+i. `count` is 1 to 2,048, so that the dearest run fits into a transaction, and a run does not pass the last
/// number. An action that no lifecycle knows, and 0 as a run, is refused as unknown.
///
/// Every number that an action touches is one event; events are counted through the batch from 0, and the leaf of
/// the documents root at that position is the commitment of that event's document (zero: none).
///
/// Assumptions that keep it safe: the registry names only keys that organisations chose; block time is right to within
/// minutes (deadlines, notice); what contract accounts answer about signatures is their members' own affair; nobody
/// relies on the getters while a transaction of this ledger is still running (a contract account that is asked about a
/// signature could). Assumptions that keep it live: none beside the chain; no relay is needed.
interface IOrderLedger {
    /// @notice Many actions of one organisation under one signature.
    /// @param organisation Who speaks.
    /// @param deadline Unix seconds from which the batch is refused (half-open).
    /// @param nonce Any number not used before; 256 neighbours share a storage slot.
    /// @param documentsRoot Merkle root over the events' document commitments; zero when no event has one. It stands in
    /// the event, not in storage.
    /// @param manifest SHA-256 of the block that lists the commitments and content identifiers; zero when none.
    /// @param actions The stream drawn above.
    struct Batch {
        uint32 organisation;
        uint64 deadline;
        uint256 nonce;
        bytes32 documentsRoot;
        bytes32 manifest;
        bytes actions;
    }

    /// @notice One action, signed on its own; every field is visible to the signer.
    /// @param number Order or delivery, as `action` says.
    /// @param order The order a new delivery belongs to; zero for every other action.
    /// @param document Commitment of the action's document; zero when none.
    struct Intent {
        uint32 organisation;
        uint64 agreement;
        uint8 action;
        uint32 number;
        uint32 order;
        uint64 deadline;
        uint256 nonce;
        bytes32 document;
        bytes32 manifest;
    }

    /// @notice One organisation's step in an agreement's life.
    /// @param agreement Chosen by the proposer: its organisation number in the upper 32 bits, its own serial below.
    /// @param seats Organisations as buyer, seller, carrier, inspector, arbiter (zero: empty) when proposing, and repeated when
    /// signing, so that a signer signs who is party to it; ignored by the other steps.
    /// @param noticeDays Days from a notice until no new order may be issued; when proposing and signing, as `seats`.
    /// @param terms Commitment of the terms document that is proposed or signed; with the other steps, of any document
    /// that goes with them (zero: none).
    struct AgreementStep {
        uint32 organisation;
        uint64 agreement;
        uint8 action;
        uint32[5] seats;
        uint16 noticeDays;
        bytes32 terms;
        bytes32 manifest;
        uint64 deadline;
        uint256 nonce;
    }

    /// @notice What the ledger remembers of an agreement.
    /// @param unsigned Seats (bit i: seat i) that have not signed the terms, the amendment or the end on the table.
    /// @param endsAt Unix seconds from which no new order may be issued; zero while no notice was given.
    struct Agreement {
        uint32[5] seats;
        uint8 state;
        uint8 unsigned;
        uint16 noticeDays;
        uint64 endsAt;
        bytes32 terms;
        bytes32 proposedTerms;
    }

    /// @notice A batch was recorded; events that were refused were named by `ActionRefused` just before.
    /// @param batch EIP-712 digest of the batch.
    event BatchRecorded(
        uint32 indexed organisation,
        bytes32 indexed batch,
        bytes32 documentsRoot,
        bytes32 manifest,
        bytes actions
    );
    /// @notice An individually signed intent was recorded.
    /// @param intent EIP-712 digest of the intent.
    /// @param step What it did, in one word:  | agreement (64) | action (8) | number (32) | order (32) |  from bit 0 up.
    event IntentRecorded(
        uint32 indexed organisation,
        bytes32 indexed intent,
        uint256 step,
        bytes32 document,
        bytes32 manifest
    );
    /// @notice Events of a batch were refused; their neighbours stand.
    /// @param position The first of them, counted through the batch from 0.
    /// @param count How many events in a row were refused for the same reason: a whole record when the organisation may not
    /// do this here, or neighbours of a run of orders that stand in the same state and slot; otherwise 1.
    /// @param problem The encoded custom error of the first; where it names a number, the others' numbers follow it.
    event ActionRefused(bytes32 indexed batch, uint256 position, uint256 count, bytes problem);
    /// @notice A whole batch or intent was refused; unless the ledger refused its only action, its nonce is unused.
    event IntentRefused(uint32 indexed organisation, bytes32 indexed intent, bytes problem);
    /// @notice An agreement was proposed between these seats.
    event AgreementProposed(uint64 indexed agreement, uint32[5] seats, uint16 noticeDays);
    /// @notice An organisation took a step; `state` is the agreement's state after it.
    event AgreementStepped(
        uint64 indexed agreement,
        uint32 indexed organisation,
        uint8 action,
        uint8 state,
        uint8 unsigned,
        uint64 endsAt,
        bytes32 terms,
        bytes32 manifest,
        bytes32 intent
    );

    error LedgerBatchSizesDiffer(uint256 intents, uint256 signatures);
    error LedgerActionsMalformed(uint256 offset);
    error LedgerActionUnknown(uint8 action);
    error LedgerSeatMissing(uint64 agreement, uint32 organisation, uint8 action);
    error LedgerOrderUnexpected(uint64 agreement, uint32 number, uint32 order);
    error AgreementUnknown(uint64 agreement);
    error AgreementUnexpectedState(uint64 agreement, uint8 current, uint16 allowed);
    error AgreementNumberForeign(uint64 agreement, uint32 organisation);
    error AgreementSeatsInvalid(uint64 agreement);
    error AgreementSeatsDiffer(uint64 agreement);
    error AgreementTermsDiffer(uint64 agreement, bytes32 proposed, bytes32 signed);
    error AgreementAlreadySigned(uint64 agreement, uint32 organisation);
    error AgreementNoticed(uint64 agreement, uint64 endsAt);
    error OrderUnexpectedState(uint64 agreement, uint32 number, uint8 current, uint16 allowed);
    error DeliveryUnexpectedState(uint64 agreement, uint32 number, uint8 current, uint16 allowed);
    error DeliveryOrderUnexpectedState(uint64 agreement, uint32 order, uint8 current, uint16 allowed);
    error DeliveryOrderDiffers(uint64 agreement, uint32 number, uint32 order, uint32 named);

    /// @notice Records batches; each stands or is refused by itself.
    /// @param signatures One for each batch, as `Authority.admit` takes them; empty when the caller is the key.
    /// @dev Warning: a refused batch does not revert the transaction: read the events.
    function submit(Batch[] calldata batches, bytes[] calldata signatures) external;

    /// @notice Records individually signed intents; each stands or is refused by itself.
    function submitIntents(Intent[] calldata intents, bytes[] calldata signatures) external;

    /// @notice Takes one step in an agreement's life; reverts with the error when it is refused.
    function agree(AgreementStep calldata step, bytes calldata signature) external;

    /// @notice What an organisation has to sign for a batch (EIP-712).
    function digestOf(Batch calldata batch) external view returns (bytes32);

    /// @notice What an organisation has to sign for an intent (EIP-712).
    function digestOf(Intent calldata intent) external view returns (bytes32);

    /// @notice What an organisation has to sign for a step in an agreement (EIP-712).
    function digestOf(AgreementStep calldata step) external view returns (bytes32);

    /// @notice An agreement; all zero when it does not exist.
    function agreementOf(uint64 agreement) external view returns (Agreement memory);

    /// @notice An order's state, as numbered in the lifecycle table.
    function orderState(uint64 agreement, uint32 number) external view returns (uint8);

    /// @notice A delivery's state and the order it belongs to.
    function deliveryState(uint64 agreement, uint32 number) external view returns (uint8 state, uint32 order);

    /// @notice Whether an organisation has used a nonce.
    function isNonceUsed(uint32 organisation, uint256 nonce) external view returns (bool);
}
