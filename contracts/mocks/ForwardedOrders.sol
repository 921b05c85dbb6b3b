// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";

/// @notice OpenZeppelin's forwarder, as it is.
contract OrderForwarder is ERC2771Forwarder {
    constructor() ERC2771Forwarder("OrderForwarder") {}
}

/// @notice The order contract that one would write today: a mapping, senders' roles checked, one event a transition,
/// signed requests carried by OpenZeppelin's forwarder (ERC-2771). The peer that `make bench NAME=gas` measures.
/// @dev It records what a signed intent of OrderLedger records: who, which order, its document and manifest.
contract ForwardedOrders is ERC2771Context {
    enum State {
        None,
        Issued,
        Acknowledged
    }

    struct Agreement {
        address buyer;
        address seller;
    }

    event OrderStepped(
        uint64 indexed agreement,
        uint32 indexed number,
        State state,
        bytes32 document,
        bytes32 manifest
    );

    error AgreementExists(uint64 agreement);
    error SenderUnexpected(address sender);
    error StateUnexpected(uint64 agreement, uint32 number, State current);

    mapping(uint64 agreement => Agreement) public agreements;
    mapping(bytes32 order => State) private _states;

    constructor(address forwarder) ERC2771Context(forwarder) {}

    function conclude(uint64 agreement, address buyer, address seller) external {
        if (agreements[agreement].buyer != address(0)) revert AgreementExists(agreement);
        agreements[agreement] = Agreement(buyer, seller);
    }

    function issue(uint64 agreement, uint32 number, bytes32 document, bytes32 manifest) external {
        _step(agreements[agreement].buyer, agreement, number, State.None, document, manifest);
    }

    function acknowledge(uint64 agreement, uint32 number, bytes32 document, bytes32 manifest) external {
        _step(agreements[agreement].seller, agreement, number, State.Issued, document, manifest);
    }

    function orderState(uint64 agreement, uint32 number) external view returns (State) {
        return _states[_key(agreement, number)];
    }

    function _step(
        address actor,
        uint64 agreement,
        uint32 number,
        State expected,
        bytes32 document,
        bytes32 manifest
    ) private {
        if (_msgSender() != actor) revert SenderUnexpected(_msgSender());
        bytes32 key = _key(agreement, number);
        State current = _states[key];
        if (current != expected) revert StateUnexpected(agreement, number, current);
        State next = State(uint8(expected) + 1);
        _states[key] = next;
        emit OrderStepped(agreement, number, next, document, manifest);
    }

    function _key(uint64 agreement, uint32 number) private pure returns (bytes32) {
        return bytes32((uint256(agreement) << 32) | number);
    }
}
