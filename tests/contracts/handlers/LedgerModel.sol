// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../../contracts/interfaces/IOrderLedger.sol";
import {IOrgRegistry} from "../../../contracts/interfaces/IOrgRegistry.sol";
import {Lifecycle} from "../../../contracts/lib/Lifecycle.sol";

/// @notice What a ledger has to hold after each action, kept the obvious way: one variable for each state, one number at
/// a time, nothing packed and nothing remembered between two actions.
/// @dev It shares the rows of the lifecycle with the ledger (another test proves them equal to the table), and asks
/// registry and ledger only for permissions and agreements, which actions on orders do not change.
contract LedgerModel {
    using Lifecycle for uint256;

    IOrgRegistry private immutable registry;
    IOrderLedger private immutable ledger;

    mapping(uint64 agreement => mapping(uint32 number => uint8)) public orderState;
    mapping(uint64 agreement => mapping(uint32 number => uint8)) public deliveryState;
    mapping(uint64 agreement => mapping(uint32 number => uint32)) public orderOf;
    mapping(uint32 organisation => mapping(uint256 nonce => bool)) public isNonceUsed;
    /// @notice How often each action was recorded.
    mapping(uint8 action => uint256) public recorded;

    constructor(IOrgRegistry registry_, IOrderLedger ledger_) {
        (registry, ledger) = (registry_, ledger_);
    }

    /// @notice Whether an intent is heard; its nonce is used then.
    function hear(uint32 organisation, address key, uint32 permission, uint256 nonce, uint64 deadline) public returns (bool) {
        if (block.timestamp >= deadline || isNonceUsed[organisation][nonce]) return false;
        if (registry.permissionsOf(organisation, key) & permission == 0) return false;
        isNonceUsed[organisation][nonce] = true;
        return true;
    }

    /// @notice Takes one step, if it may be taken.
    function step(uint32 organisation, uint64 agreement, uint8 action, uint32 number, uint32 order) public {
        uint256 row = Lifecycle.rowOf(action);
        if (row.by() & seatsOf(organisation, agreement) == 0) return;
        if (action == Lifecycle.ISSUE && !_isOpen(agreement)) return;
        if (action < Lifecycle.FIRST_DELIVERY_ACTION) {
            if (!row.allows(orderState[agreement][number])) return;
            orderState[agreement][number] = row.target();
        } else {
            uint8 state = deliveryState[agreement][number];
            if (!row.allows(state)) return;
            uint32 own = state == 0 ? order : orderOf[agreement][number];
            if (row.opens() && own != order) return;
            if ((row.orderStates() >> orderState[agreement][own]) & 1 == 0) return;
            orderOf[agreement][number] = own;
            deliveryState[agreement][number] = row.target();
        }
        recorded[action]++;
    }

    /// @notice Takes the same step on consecutive numbers.
    function steps(
        uint32 organisation,
        uint64 agreement,
        uint8 action,
        uint32 number,
        uint32 order,
        uint32 count
    ) external {
        for (uint32 i = 0; i < count; i++) step(organisation, agreement, action, number + i, order + i);
    }

    /// @notice The order and the delivery of a number, as a hash of both states and of the order that the delivery belongs to.
    function holds(uint64 agreement, uint32 number) external view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    orderState[agreement][number],
                    deliveryState[agreement][number],
                    orderOf[agreement][number]
                )
            );
    }

    /// @notice An organisation's seats in an agreement, as the bits of a row.
    function seatsOf(uint32 organisation, uint64 agreement) public view returns (uint256 seats) {
        IOrderLedger.Agreement memory held = ledger.agreementOf(agreement);
        for (uint256 i = 0; i < 5; i++) if (organisation != 0 && held.seats[i] == organisation) seats |= 1 << i;
    }

    function _isOpen(uint64 agreement) private view returns (bool) {
        IOrderLedger.Agreement memory held = ledger.agreementOf(agreement);
        return held.state >= 2 && held.state <= 4 && (held.endsAt == 0 || block.timestamp < held.endsAt);
    }
}
