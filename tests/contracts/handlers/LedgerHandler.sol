// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../../contracts/interfaces/IOrderLedger.sol";
import {IOrgRegistry} from "../../../contracts/interfaces/IOrgRegistry.sol";
import {LedgerNetwork} from "../fixtures/LedgerNetwork.sol";
import {Stream} from "../fixtures/Actions.sol";

/// @notice Sends random actions of random organisations, and compares every neighbour before and after.
contract LedgerHandler is LedgerNetwork {
    uint32 private constant NUMBERS = 6;
    uint16 private constant TERMINAL_ORDERS = 1 << 11 | 1 << 12 | 1 << 13;
    uint16 private constant TERMINAL_DELIVERIES = 1 << 10 | 1 << 11;

    string public broken;
    uint256 public moves;

    constructor(IOrgRegistry registry_, IOrderLedger ledger_) {
        (registry, ledger) = (registry_, ledger_);
    }

    /// @notice A signed single intent, a batch of one action, or the key's own call.
    function act(uint8 way, uint8 who, uint8 action, uint32 number, uint32 order) external {
        uint32 organisation = uint32(who % 6) + 1;
        action = action % 38 + 1;
        if (action > 23) action += 8;
        number %= NUMBERS;
        order %= NUMBERS;
        (bytes memory before, uint8 old) = (_states(action, number), _state(action, number));
        _send(way % 3, organisation, action, number, order);
        if (keccak256(_states(action, number)) != keccak256(before)) broken = "a neighbour changed";
        uint8 now_ = _state(action, number);
        if (now_ == old) return;
        moves++;
        uint16 terminal = action < 32 ? TERMINAL_ORDERS : TERMINAL_DELIVERIES;
        if ((terminal >> old) & 1 == 1) broken = "a terminal state was left";
        if (organisation == STRANGER) broken = "a stranger moved something";
        if (organisation == CARRIER && action != 41) broken = "the carrier did more than return";
        if (organisation == ARBITER && (action < 21 || (action > 23 && action < 44))) broken = "the arbiter did more";
    }

    /// @notice Orders 0 to 2 brought to Confirmed, so that later states are reached often.
    function confirm(uint32 number) external {
        number %= 3;
        _send(0, BRAND, 1, number, 0);
        _send(0, SUPPLIER, 4, number, 0);
    }

    function _send(uint8 way, uint32 organisation, uint8 action, uint32 number, uint32 order) private {
        if (way == 0) return _sendIntent(organisation, action, number, order);
        bool opens = action == 32 || action == 34;
        bytes memory record = opens ? Stream.opening(action, number, order) : Stream.one(action, number);
        IOrderLedger.Batch memory batch = _batch(organisation, bytes.concat(Stream.select(FIRST), record));
        bytes memory signature = way == 1 ? _signed(batch) : bytes("");
        if (way == 2) vm.prank(_account(organisation));
        _send(batch, signature);
        if (!ledger.isNonceUsed(organisation, batch.nonce)) broken = "a nonce stayed free";
    }

    function _sendIntent(uint32 organisation, uint8 action, uint32 number, uint32 order) private {
        IOrderLedger.Intent[] memory intents = new IOrderLedger.Intent[](1);
        bytes[] memory signatures = new bytes[](1);
        intents[0] = _intent(organisation, action, number, order);
        signatures[0] = _signature(organisation, ledger.digestOf(intents[0]));
        ledger.submitIntents(intents, signatures);
        if (!ledger.isNonceUsed(organisation, intents[0].nonce)) broken = "a nonce stayed free";
    }

    function _state(uint8 action, uint32 number) private view returns (uint8 state) {
        if (action < 32) return ledger.orderState(FIRST, number);
        (state, ) = ledger.deliveryState(FIRST, number);
    }

    /// @dev Every state but the named one, and every delivery's order but the named delivery's.
    function _states(uint8 action, uint32 number) private view returns (bytes memory all) {
        for (uint32 i = 0; i < NUMBERS; i++) {
            if (action > 31 || i != number) all = bytes.concat(all, bytes1(ledger.orderState(FIRST, i)));
            if (action < 32 || i != number) {
                (uint8 state, uint32 order) = ledger.deliveryState(FIRST, i);
                all = bytes.concat(all, bytes1(state), bytes4(order));
            }
        }
    }
}
