// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

enum AgreementState {
    None,
    Proposed,
    Active,
    Amending,
    Ending,
    Ended,
    Declined
}

enum OrderState {
    None,
    Issued,
    Acknowledged,
    CounterProposed,
    Confirmed,
    BuyerChangeProposed,
    SellerChangeProposed,
    BuyerCancelRequested,
    SellerCancelRequested,
    Fulfilled,
    Disputed,
    Rejected,
    Cancelled,
    Closed
}

enum DeliveryState {
    None,
    Announced,
    Despatched,
    Received,
    PartiallyReceived,
    Refused,
    Passed,
    Failed,
    Conditional,
    Returned,
    Settled,
    Withdrawn,
    Disputed
}

enum LotState {
    None,
    Open,
    Awarded,
    InTransit,
    Delivered,
    Failed,
    Void
}

/// @notice Steps of an agreement, as numbered in spec/lifecycle.toml.
library AgreementAction {
    uint8 internal constant PROPOSE = 1;
    uint8 internal constant SIGN = 2;
    uint8 internal constant DECLINE = 3;
    uint8 internal constant AMEND = 4;
    uint8 internal constant DROP = 5;
    uint8 internal constant PROPOSE_END = 6;
    uint8 internal constant SIGN_END = 7;
    uint8 internal constant GIVE_NOTICE = 8;
}

/// @notice Steps of a lot, as numbered in spec/lifecycle.toml; `open`, `award` and `void` happen to whole auctions.
library LotAction {
    uint8 internal constant PICK_UP = 67;
    uint8 internal constant DELIVER = 68;
    uint8 internal constant FAIL = 69;
}

/// @notice The order and delivery rows of spec/lifecycle.toml, by hand, for auditors; a test proves them equal.
/// @dev A row has 32 bits, and eight rows stand in a word at the place of their action:
///
///     | 28..31 unused | 27 opens | 25..26 order set | 20..24 by (seats) | 16..19 to | 0..15 allowed from |
library Lifecycle {
    uint8 internal constant ISSUE = 1;
    /// @dev Actions from here on are about deliveries.
    uint8 internal constant FIRST_DELIVERY_ACTION = 32;

    // Seats of an agreement, in `by`.
    uint256 private constant BUYER = 1 << 20;
    uint256 private constant SELLER = 1 << 21;
    uint256 private constant CARRIER = 1 << 22;
    uint256 private constant INSPECTOR = 1 << 23;
    uint256 private constant ARBITER = 1 << 24;

    // Order states, as `from` bits.
    uint256 private constant O_NONE = 1 << uint8(OrderState.None);
    uint256 private constant O_ISSUED = 1 << uint8(OrderState.Issued);
    uint256 private constant O_ACKNOWLEDGED = 1 << uint8(OrderState.Acknowledged);
    uint256 private constant O_COUNTER = 1 << uint8(OrderState.CounterProposed);
    uint256 private constant O_CONFIRMED = 1 << uint8(OrderState.Confirmed);
    uint256 private constant O_BUYER_CHANGE = 1 << uint8(OrderState.BuyerChangeProposed);
    uint256 private constant O_SELLER_CHANGE = 1 << uint8(OrderState.SellerChangeProposed);
    uint256 private constant O_BUYER_CANCEL = 1 << uint8(OrderState.BuyerCancelRequested);
    uint256 private constant O_SELLER_CANCEL = 1 << uint8(OrderState.SellerCancelRequested);
    uint256 private constant O_FULFILLED = 1 << uint8(OrderState.Fulfilled);
    uint256 private constant O_DISPUTED = 1 << uint8(OrderState.Disputed);
    uint256 private constant O_CANCELLED = 1 << uint8(OrderState.Cancelled);
    uint256 private constant O_CLOSED = 1 << uint8(OrderState.Closed);

    uint256 private constant TO_ISSUED = uint256(uint8(OrderState.Issued)) << 16;
    uint256 private constant TO_ACKNOWLEDGED = uint256(uint8(OrderState.Acknowledged)) << 16;
    uint256 private constant TO_COUNTER = uint256(uint8(OrderState.CounterProposed)) << 16;
    uint256 private constant TO_CONFIRMED = uint256(uint8(OrderState.Confirmed)) << 16;
    uint256 private constant TO_BUYER_CHANGE = uint256(uint8(OrderState.BuyerChangeProposed)) << 16;
    uint256 private constant TO_SELLER_CHANGE = uint256(uint8(OrderState.SellerChangeProposed)) << 16;
    uint256 private constant TO_BUYER_CANCEL = uint256(uint8(OrderState.BuyerCancelRequested)) << 16;
    uint256 private constant TO_SELLER_CANCEL = uint256(uint8(OrderState.SellerCancelRequested)) << 16;
    uint256 private constant TO_FULFILLED = uint256(uint8(OrderState.Fulfilled)) << 16;
    uint256 private constant TO_DISPUTED = uint256(uint8(OrderState.Disputed)) << 16;
    uint256 private constant TO_REJECTED = uint256(uint8(OrderState.Rejected)) << 16;
    uint256 private constant TO_CANCELLED = uint256(uint8(OrderState.Cancelled)) << 16;
    uint256 private constant TO_CLOSED = uint256(uint8(OrderState.Closed)) << 16;

    uint256 private constant O_OPEN_TALK = O_ISSUED | O_ACKNOWLEDGED;
    uint256 private constant O_CHANGING = O_BUYER_CHANGE | O_SELLER_CHANGE;
    uint256 private constant O_CANCELLING = O_BUYER_CANCEL | O_SELLER_CANCEL;

    // issue, revise, acknowledge, confirm, reject, counter_propose, accept_offer
    uint256 private constant ORDER_ROWS_0 =
        ((O_NONE | TO_ISSUED | BUYER) << 32) |
            ((O_OPEN_TALK | O_COUNTER | TO_ISSUED | BUYER) << 64) |
            ((O_ISSUED | TO_ACKNOWLEDGED | SELLER) << 96) |
            ((O_OPEN_TALK | TO_CONFIRMED | SELLER) << 128) |
            ((O_OPEN_TALK | TO_REJECTED | SELLER) << 160) |
            ((O_OPEN_TALK | TO_COUNTER | SELLER) << 192) |
            ((O_COUNTER | O_SELLER_CHANGE | TO_CONFIRMED | BUYER) << 224);
    // drop_counter, withdraw, request_change, accept_change, offer_change, drop_proposal, request_cancel, accept_cancel
    uint256 private constant ORDER_ROWS_1 =
        (O_COUNTER | TO_ACKNOWLEDGED | BUYER | SELLER) |
            ((O_OPEN_TALK | O_COUNTER | TO_CANCELLED | BUYER) << 32) |
            ((O_CONFIRMED | TO_BUYER_CHANGE | BUYER) << 64) |
            ((O_BUYER_CHANGE | TO_CONFIRMED | SELLER) << 96) |
            ((O_CONFIRMED | TO_SELLER_CHANGE | SELLER) << 128) |
            ((O_CHANGING | O_CANCELLING | TO_CONFIRMED | BUYER | SELLER) << 160) |
            ((O_CONFIRMED | TO_BUYER_CANCEL | BUYER) << 192) |
            ((O_BUYER_CANCEL | TO_CANCELLED | SELLER) << 224);
    // offer_cancel, accept_offered_cancel, fulfil, close, dispute, resolve_continue, resolve_cancel, resolve_close
    uint256 private constant ORDER_ROWS_2 =
        (O_CONFIRMED | TO_SELLER_CANCEL | SELLER) |
            ((O_SELLER_CANCEL | TO_CANCELLED | BUYER) << 32) |
            ((O_CONFIRMED | TO_FULFILLED | BUYER) << 64) |
            ((O_FULFILLED | TO_CLOSED | SELLER) << 96) |
            ((O_CONFIRMED | O_CHANGING | O_CANCELLING | O_FULFILLED | TO_DISPUTED | BUYER | SELLER) << 128) |
            ((O_DISPUTED | TO_CONFIRMED | ARBITER) << 160) |
            ((O_DISPUTED | TO_CANCELLED | ARBITER) << 192) |
            ((O_DISPUTED | TO_CLOSED | ARBITER) << 224);

    // Delivery states, as `from` bits.
    uint256 private constant D_NONE = 1 << uint8(DeliveryState.None);
    uint256 private constant D_ANNOUNCED = 1 << uint8(DeliveryState.Announced);
    uint256 private constant D_DESPATCHED = 1 << uint8(DeliveryState.Despatched);
    uint256 private constant D_RECEIVED = 1 << uint8(DeliveryState.Received);
    uint256 private constant D_PARTIAL = 1 << uint8(DeliveryState.PartiallyReceived);
    uint256 private constant D_REFUSED = 1 << uint8(DeliveryState.Refused);
    uint256 private constant D_PASSED = 1 << uint8(DeliveryState.Passed);
    uint256 private constant D_FAILED = 1 << uint8(DeliveryState.Failed);
    uint256 private constant D_CONDITIONAL = 1 << uint8(DeliveryState.Conditional);
    uint256 private constant D_RETURNED = 1 << uint8(DeliveryState.Returned);
    uint256 private constant D_DISPUTED = 1 << uint8(DeliveryState.Disputed);
    uint256 private constant D_ARRIVED = D_RECEIVED | D_PARTIAL;

    uint256 private constant TO_ANNOUNCED = uint256(uint8(DeliveryState.Announced)) << 16;
    uint256 private constant TO_DESPATCHED = uint256(uint8(DeliveryState.Despatched)) << 16;
    uint256 private constant TO_RECEIVED = uint256(uint8(DeliveryState.Received)) << 16;
    uint256 private constant TO_PARTIAL = uint256(uint8(DeliveryState.PartiallyReceived)) << 16;
    uint256 private constant TO_REFUSED = uint256(uint8(DeliveryState.Refused)) << 16;
    uint256 private constant TO_PASSED = uint256(uint8(DeliveryState.Passed)) << 16;
    uint256 private constant TO_FAILED = uint256(uint8(DeliveryState.Failed)) << 16;
    uint256 private constant TO_CONDITIONAL = uint256(uint8(DeliveryState.Conditional)) << 16;
    uint256 private constant TO_RETURNED = uint256(uint8(DeliveryState.Returned)) << 16;
    uint256 private constant TO_SETTLED = uint256(uint8(DeliveryState.Settled)) << 16;
    uint256 private constant TO_WITHDRAWN = uint256(uint8(DeliveryState.Withdrawn)) << 16;
    uint256 private constant TO_DELIVERY_DISPUTED = uint256(uint8(DeliveryState.Disputed)) << 16;

    // Sets of order states in which a delivery action may be used, and their numbers in a row.
    uint256 private constant SHIPPABLE_ORDERS = O_CONFIRMED | O_CHANGING;
    uint256 private constant RECEIVABLE_ORDERS = SHIPPABLE_ORDERS | O_CANCELLING | O_FULFILLED | O_DISPUTED;
    uint256 private constant EXISTING_ORDERS = RECEIVABLE_ORDERS | O_CANCELLED | O_CLOSED;
    uint256 private constant SHIPPABLE = 1 << 25;
    uint256 private constant RECEIVABLE = 2 << 25;
    uint256 private constant EXISTING = 3 << 25;
    uint256 private constant OPENS = 1 << 27;

    // announce, withdraw_announcement, despatch, receive, receive_partially, refuse, pass, fail
    uint256 private constant DELIVERY_ROWS_0 =
        (D_NONE | TO_ANNOUNCED | SELLER | SHIPPABLE | OPENS) |
            ((D_ANNOUNCED | TO_WITHDRAWN | SELLER | EXISTING) << 32) |
            ((D_NONE | D_ANNOUNCED | TO_DESPATCHED | SELLER | SHIPPABLE | OPENS) << 64) |
            ((D_DESPATCHED | TO_RECEIVED | BUYER | RECEIVABLE) << 96) |
            ((D_DESPATCHED | TO_PARTIAL | BUYER | RECEIVABLE) << 128) |
            ((D_DESPATCHED | TO_REFUSED | BUYER | EXISTING) << 160) |
            ((D_ARRIVED | TO_PASSED | BUYER | INSPECTOR | EXISTING) << 192) |
            ((D_ARRIVED | TO_FAILED | BUYER | INSPECTOR | EXISTING) << 224);
    // pass_conditionally, return, settle, dispute_delivery, resolve_pass, resolve_fail, resolve_settle
    uint256 private constant DELIVERY_ROWS_1 =
        (D_ARRIVED | TO_CONDITIONAL | BUYER | INSPECTOR | EXISTING) |
            ((D_REFUSED | D_FAILED | D_CONDITIONAL | TO_RETURNED | BUYER | CARRIER | EXISTING) << 32) |
            ((D_PASSED | D_CONDITIONAL | D_RETURNED | TO_SETTLED | SELLER | EXISTING) << 64) |
            ((D_DESPATCHED |
                D_ARRIVED |
                D_REFUSED |
                D_PASSED |
                D_FAILED |
                D_CONDITIONAL |
                D_RETURNED |
                TO_DELIVERY_DISPUTED |
                BUYER |
                SELLER |
                EXISTING) << 96) |
            ((D_DISPUTED | TO_PASSED | ARBITER | EXISTING) << 128) |
            ((D_DISPUTED | TO_FAILED | ARBITER | EXISTING) << 160) |
            ((D_DISPUTED | TO_SETTLED | ARBITER | EXISTING) << 192);

    /// @notice The row of an action; zero when there is none.
    function rowOf(uint256 action) internal pure returns (uint256 row) {
        uint256 word;
        uint256 group = action >> 3;
        if (group == 0) word = ORDER_ROWS_0;
        else if (group == 1) word = ORDER_ROWS_1;
        else if (group == 2) word = ORDER_ROWS_2;
        else if (group == 4) word = DELIVERY_ROWS_0;
        else if (group == 5) word = DELIVERY_ROWS_1;
        row = (word >> ((action & 7) << 5)) & 0xffffffff;
    }

    /// @notice Bitmap of the states from which a row may be used.
    function allowedFrom(uint256 row) internal pure returns (uint16) {
        return uint16(row);
    }

    /// @notice Whether a row may be used from a state.
    function allows(uint256 row, uint256 state) internal pure returns (bool) {
        return (row >> state) & 1 == 1;
    }

    /// @notice The state a row leads to.
    function target(uint256 row) internal pure returns (uint8) {
        return uint8((row >> 16) & 0xf);
    }

    /// @notice Bitmap of the seats that may use a row.
    function by(uint256 row) internal pure returns (uint256) {
        return (row >> 20) & 0x1f;
    }

    /// @notice Bitmap of the order states in which a delivery row may be used.
    function orderStates(uint256 row) internal pure returns (uint16) {
        uint256 set = (row >> 25) & 3;
        if (set == 1) return uint16(SHIPPABLE_ORDERS);
        if (set == 2) return uint16(RECEIVABLE_ORDERS);
        return uint16(EXISTING_ORDERS);
    }

    /// @notice Whether a delivery row names the order that the delivery belongs to.
    function opens(uint256 row) internal pure returns (bool) {
        return row & OPENS != 0;
    }
}
