// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";

import {IOrderLedger} from "../../contracts/interfaces/IOrderLedger.sol";
import {Lifecycle} from "../../contracts/lib/Lifecycle.sol";
import {Act, DeliveryIs, OrderIs, Stream} from "./fixtures/Actions.sol";
import {LedgerNetwork} from "./fixtures/LedgerNetwork.sol";
import {Problem} from "./fixtures/Problems.sol";

/// @notice A run, a list, single intents and a naive loop have the same effect, whatever the states before.
contract OrderLedgerEquivalenceTest is LedgerNetwork {
    using Lifecycle for uint256;

    uint64 private constant THIRD = SECOND + 1;
    uint32 private constant SPAN = 70;

    /// @dev What the naive loop keeps: orders and deliveries from `first` on, and which order a delivery belongs to.
    struct Naive {
        uint32 first;
        uint8[SPAN] orders;
        uint8[SPAN] deliveries;
        uint32[SPAN] ordersOfDeliveries;
    }

    /// @dev An action on `count` numbers from the span's place `from` on, and on the orders from `order` on.
    struct Span {
        uint8 action;
        uint32 from;
        uint32 count;
        uint32 order;
    }

    function setUp() public {
        _setUpLedger();
        for (uint64 i = 0; i < 3; i++) _conclude(FIRST + i, [BRAND, SUPPLIER, 0, 0, 0]);
    }

    function testFuzz_runOfOrdersIsALoopOverItsNumbers(
        uint32 place,
        uint256 mix,
        uint8 pick,
        uint32 from,
        uint32 count
    ) public {
        uint8[6] memory actions = [Act.ISSUE, Act.REVISE, Act.ACKNOWLEDGE, Act.CONFIRM, Act.REJECT, Act.FULFIL];
        Naive memory naive = _mixed(place, mix, 0);
        Span memory span = Span(actions[pick % 6], from % SPAN, 0, 0);
        span.count = uint32(bound(count, 1, SPAN - span.from));
        uint32 number = naive.first + span.from;
        Refusal[] memory refusals = _stepNaively(naive, span);
        bytes memory run = Stream.run(span.action, number, uint16(span.count));
        _submitExpecting(_batch(_speaker(span.action), bytes.concat(Stream.select(FIRST), run)), refusals);
        _assertStates(FIRST, naive);
        uint256 refused = 0;
        for (uint256 i = 0; i < refusals.length; i++) refused += refusals[i].count;
        _sendList(naive, span, refused);
        _sendIntents(naive, span, refused);
    }

    function testFuzz_runOfDeliveriesIsALoopOverItsNumbers(
        uint32 place,
        uint256 mix,
        uint8 pick,
        uint32 from,
        uint32 count,
        uint32 shift
    ) public {
        uint8[6] memory actions = [Act.ANNOUNCE, Act.DESPATCH, Act.RECEIVE, Act.REFUSE, 33, 43];
        Naive memory naive = _mixed(place, mix, mix >> 128);
        Span memory span = Span(actions[pick % 6], from % SPAN, 0, 0);
        span.count = uint32(bound(count, 1, SPAN - span.from));
        // Half of the openings name the orders that announced deliveries belong to.
        span.order = shift % 2 == 0 ? span.from : uint32(bound(shift, 0, SPAN - span.count));
        uint256 refused = _deliverNaively(naive, span);
        uint32 number = naive.first + span.from;
        bytes memory run = Lifecycle.rowOf(span.action).opens()
            ? Stream.openingRun(span.action, number, uint16(span.count), naive.first + span.order)
            : Stream.run(span.action, number, uint16(span.count));
        assertEq(_submit(FIRST, _speaker(span.action), run), refused, "refusals of the run");
        _assertStates(FIRST, naive);
        _sendList(naive, span, refused);
        _sendIntents(naive, span, refused);
    }

    // The naive loop

    /// @dev Patches of like neighbours, the same in all three agreements; with `shipping`, deliveries as well.
    function _mixed(uint32 place, uint256 mix, uint256 shipping) private returns (Naive memory naive) {
        // Some spans end at the last number; most lie over a slot's border.
        uint32 last = type(uint32).max - SPAN + 1;
        naive.first = place % 8 == 0 ? last : uint32(bound(place, 0, last));
        bytes memory buyer;
        bytes memory seller;
        for (uint32 i = 0; i < SPAN; i++) {
            uint32 number = naive.first + i;
            uint256 patch = (mix >> (4 + 2 * (i / (1 + (mix & 15))))) & 3;
            // None, Issued, Acknowledged, Confirmed; deliveries want Confirmed.
            if (patch == 0 && shipping == 0) continue;
            buyer = bytes.concat(buyer, Stream.one(Act.ISSUE, number));
            naive.orders[i] = OrderIs.ISSUED;
            if (patch == 2 && shipping == 0) {
                seller = bytes.concat(seller, Stream.one(Act.ACKNOWLEDGE, number));
                naive.orders[i] = OrderIs.ACKNOWLEDGED;
            }
            if (patch < 2 || (patch == 2 && shipping == 0)) continue;
            seller = bytes.concat(seller, Stream.one(Act.CONFIRM, number));
            naive.orders[i] = OrderIs.CONFIRMED;
            uint8 delivery = uint8((shipping >> (2 * (i / 3))) & 3);
            if (shipping == 0 || delivery == 0 || delivery == 3) continue;
            seller = bytes.concat(seller, Stream.opening(delivery == 1 ? Act.ANNOUNCE : Act.DESPATCH, number, number));
            (naive.deliveries[i], naive.ordersOfDeliveries[i]) = (delivery, number);
        }
        for (uint64 i = 0; i < 3; i++) {
            _recordIn(FIRST + i, BRAND, buyer);
            _recordIn(FIRST + i, SUPPLIER, seller);
        }
    }

    /// @dev Refused neighbours of one state and one slot are one refusal.
    function _stepNaively(Naive memory naive, Span memory span) private pure returns (Refusal[] memory refusals) {
        uint256 row = Lifecycle.rowOf(span.action);
        Refusal[] memory all = new Refusal[](span.count);
        uint256 length = 0;
        uint256 previous = type(uint256).max;
        for (uint32 i = 0; i < span.count; i++) {
            uint32 number = naive.first + span.from + i;
            uint8 state = naive.orders[span.from + i];
            if (row.allows(state)) {
                naive.orders[span.from + i] = row.target();
                previous = type(uint256).max;
            } else if (previous == state && number % 64 != 0) {
                all[length - 1].count++;
            } else {
                all[length++] = Refusal(i, 1, Problem.orderState(FIRST, number, state, row.allowedFrom()));
                previous = state;
            }
        }
        refusals = new Refusal[](length);
        for (uint256 i = 0; i < length; i++) refusals[i] = all[i];
    }

    function _deliverNaively(Naive memory naive, Span memory span) private pure returns (uint256 refused) {
        uint256 row = Lifecycle.rowOf(span.action);
        for (uint32 i = 0; i < span.count; i++) {
            uint32 place = span.from + i;
            uint8 state = naive.deliveries[place];
            uint32 named = naive.first + span.order + i;
            uint32 order = state == DeliveryIs.NONE ? named : naive.ordersOfDeliveries[place];
            bool isTaken = row.allows(state) && (!row.opens() || order == named);
            if (isTaken) isTaken = (row.orderStates() >> naive.orders[order - naive.first]) & 1 == 1;
            if (isTaken) (naive.deliveries[place], naive.ordersOfDeliveries[place]) = (row.target(), order);
            else refused++;
        }
    }

    // The other ways

    function _sendList(Naive memory naive, Span memory span, uint256 refused) private {
        uint32[] memory numbers = new uint32[](span.count);
        uint32[] memory orders = new uint32[](span.count);
        for (uint32 i = 0; i < span.count; i++) {
            numbers[i] = naive.first + span.from + i;
            orders[i] = naive.first + span.order + i;
        }
        bytes memory list = Lifecycle.rowOf(span.action).opens()
            ? Stream.openingList(span.action, numbers, orders)
            : Stream.list(span.action, numbers);
        assertEq(_submit(SECOND, _speaker(span.action), list), refused, "refusals of the list");
        _assertStates(SECOND, naive);
    }

    function _sendIntents(Naive memory naive, Span memory span, uint256 refused) private {
        bool opens = Lifecycle.rowOf(span.action).opens();
        IOrderLedger.Intent[] memory intents = new IOrderLedger.Intent[](span.count);
        for (uint32 i = 0; i < span.count; i++) {
            uint32 order = opens ? naive.first + span.order + i : 0;
            intents[i] = _intent(_speaker(span.action), span.action, naive.first + span.from + i, order);
            intents[i].agreement = THIRD;
        }
        // One call by the key itself spares the signatures, which other tests are about.
        vm.recordLogs();
        vm.prank(_account(_speaker(span.action)));
        ledger.submitIntents(intents, new bytes[](span.count));
        assertEq(_count(IOrderLedger.IntentRefused.selector), refused, "refusals of the intents");
        _assertStates(THIRD, naive);
    }

    /// @dev How many of the events of a record were refused.
    function _submit(uint64 agreement, uint32 organisation, bytes memory record) private returns (uint256) {
        IOrderLedger.Batch memory batch = _batch(organisation, bytes.concat(Stream.select(agreement), record));
        bytes memory signature = _signed(batch);
        vm.recordLogs();
        _send(batch, signature);
        return _count(IOrderLedger.ActionRefused.selector);
    }

    function _count(bytes32 topic) private returns (uint256 count) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; i++) if (logs[i].topics[0] == topic) count++;
    }

    function _speaker(uint8 action) private pure returns (uint32) {
        return Lifecycle.rowOf(action).by() & 1 == 1 ? BRAND : SUPPLIER;
    }

    /// @dev Every state of the span, and one number on either side of it.
    function _assertStates(uint64 agreement, Naive memory naive) private view {
        for (uint32 i = 0; i < SPAN; i++) {
            uint32 number = naive.first + i;
            assertEq(ledger.orderState(agreement, number), naive.orders[i], "state of an order");
            (uint8 state, uint32 order) = ledger.deliveryState(agreement, number);
            assertEq(state, naive.deliveries[i], "state of a delivery");
            assertEq(order, naive.ordersOfDeliveries[i], "order of a delivery");
        }
        unchecked {
            assertEq(ledger.orderState(agreement, naive.first - 1), 0, "the order before the span");
            assertEq(ledger.orderState(agreement, naive.first + SPAN), 0, "the order behind the span");
        }
    }
}
