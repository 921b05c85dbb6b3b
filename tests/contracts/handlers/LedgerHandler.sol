// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IOrderLedger} from "../../../contracts/interfaces/IOrderLedger.sol";
import {IOrgRegistry} from "../../../contracts/interfaces/IOrgRegistry.sol";
import {Permission} from "../../../contracts/lib/Authority.sol";
import {AgreementAction, Lifecycle} from "../../../contracts/lib/Lifecycle.sol";
import {LedgerNetwork} from "../fixtures/LedgerNetwork.sol";
import {Stream} from "../fixtures/Actions.sol";
import {LedgerModel} from "./LedgerModel.sol";

/// @notice Random organisations, keys and agreements: whatever is sent to the ledger is told to the model as well.
/// @dev Most of the actions are such that the lifecycle allows them, so that late states are reached.
contract LedgerHandler is LedgerNetwork {
    using Lifecycle for uint256;

    /// @dev What is done next, on `count` consecutive numbers.
    struct Move {
        uint32 organisation;
        uint64 agreement;
        uint8 action;
        uint32 number;
        uint32 order;
        uint32 count;
    }

    /// @dev Some numbers over the border of a slot, and two behind them that runs may touch.
    uint32 public constant FIRST_NUMBER = 56;
    uint32 public constant NUMBERS = 18;
    uint16 private constant TERMINAL_ORDERS = 1 << 11 | 1 << 12 | 1 << 13;
    uint16 private constant TERMINAL_DELIVERIES = 1 << 10 | 1 << 11;
    uint16 private constant TERMINAL_AGREEMENTS = 1 << 5 | 1 << 6;

    LedgerModel public model;
    /// @notice The first of the rules that was broken; empty as long as none was.
    string public broken;
    uint64[] public agreements;
    mapping(bytes32 thing => uint8 state) private _final;
    mapping(uint32 organisation => uint256[] nonces) private _nonces;
    mapping(uint64 agreement => bytes32) private _ended;
    uint256 private _entropy;

    constructor(IOrgRegistry registry_, IOrderLedger ledger_, uint64[] memory agreements_) {
        (registry, ledger, agreements) = (registry_, ledger_, agreements_);
        model = new LedgerModel(registry_, ledger_);
    }

    /// @notice One random thing.
    function step(uint256 seed) external {
        _entropy = seed;
        uint256 what = _draw(32);
        if (what < 18) _sendIntent(_move(1));
        else if (what < 25) _sendBatches(1);
        else if (what < 28) _sendBatches(3);
        else if (what < 29) _changeKeys();
        else if (what < 31) _agreeRandomly();
        else skip(_draw(2 hours));
        if (_draw(4) == 0) _rememberWhatIsFinal();
    }

    // What is sent

    function _sendIntent(Move memory move) private {
        IOrderLedger.Intent memory intent = _intent(move.organisation, move.action, move.number, move.order);
        intent.agreement = move.agreement;
        (intent.nonce, intent.deadline) = (_anyNonce(move.organisation), _anyDeadline());
        (address key, uint256 privateKey) = _anyKey(move.organisation);
        bytes memory signature = _signatureOf(privateKey, ledger.digestOf(intent));
        bool isDirect = _draw(4) == 0;
        bool opens = Lifecycle.rowOf(move.action).opens();
        if (
            model.hear(move.organisation, key, Permission.RECORD, intent.nonce, intent.deadline) &&
            (opens || move.order == 0)
        ) model.step(move.organisation, move.agreement, move.action, move.number, move.order);
        vm.prank(isDirect ? key : relay);
        _send(intent, isDirect ? bytes("") : signature);
    }

    /// @dev Several batches of whoever in one transaction.
    function _sendBatches(uint256 count) private {
        IOrderLedger.Batch[] memory batches = new IOrderLedger.Batch[](count);
        bytes[] memory signatures = new bytes[](count);
        for (uint256 i = 0; i < count; i++) {
            Move memory move = _move(uint32(1 + _draw(3)));
            batches[i] = _batch(move.organisation, bytes.concat(Stream.select(move.agreement), _record(move)));
            (batches[i].nonce, batches[i].deadline) = (_anyNonce(move.organisation), _anyDeadline());
            (address key, uint256 privateKey) = _anyKey(move.organisation);
            signatures[i] = _signatureOf(privateKey, ledger.digestOf(batches[i]));
            if (!model.hear(move.organisation, key, Permission.RECORD, batches[i].nonce, batches[i].deadline)) continue;
            model.steps(move.organisation, move.agreement, move.action, move.number, move.order, move.count);
        }
        ledger.submit(batches, signatures);
    }

    function _record(Move memory move) private returns (bytes memory) {
        uint16 count = uint16(move.count);
        bool isRun = _draw(2) == 0;
        if (!Lifecycle.rowOf(move.action).opens()) {
            if (isRun) return Stream.run(move.action, move.number, count);
            return Stream.spelled(move.action, move.number, count);
        }
        if (isRun) return Stream.openingRun(move.action, move.number, count, move.order);
        uint32[] memory numbers = new uint32[](count);
        uint32[] memory orders = new uint32[](count);
        for (uint32 i = 0; i < count; i++) (numbers[i], orders[i]) = (move.number + i, move.order + i);
        return Stream.openingList(move.action, numbers, orders);
    }

    /// @dev A second key gets any permissions, or an organisation is suspended, mostly not for long.
    function _changeKeys() private {
        uint32 organisation = _anyOrganisation();
        if (_draw(2) == 0) _setKey(organisation, vm.addr(_secondKey(organisation)), uint32(_draw(16)), 0);
        else _setSuspended(organisation, _draw(8) == 0);
    }

    /// @dev Any step in any agreement: most are refused, and some bring one into force, to its notice or its end.
    function _agreeRandomly() private {
        uint64 agreement = agreements[_draw(agreements.length)];
        uint32 organisation = _draw(8) == 0 ? STRANGER : ledger.agreementOf(agreement).seats[_draw(5)];
        IOrderLedger.AgreementStep memory next = _signatureStep(organisation, agreement, TERMS);
        // Notice and end are rare, so that most runs trade for long.
        uint8[12] memory actions = [1, 2, 2, 2, 4, 4, 5, 5, 6, 3, 7, 8];
        next.action = actions[_draw(12)];
        if (next.action == AgreementAction.PROPOSE) next.seats = _allSeats();
        bytes memory signature = _signature(organisation, ledger.digestOf(next));
        try ledger.agree(next, signature) {
            if (!model.hear(organisation, _account(organisation), Permission.AGREE, next.nonce, next.deadline)) {
                broken = "a step was taken without authority";
            }
        } catch {}
    }

    // What is drawn

    /// @dev Most moves are allowed to the organisation that makes them, as far as the states go.
    function _move(uint32 count) private returns (Move memory move) {
        move.agreement = agreements[_draw(agreements.length)];
        move.number = FIRST_NUMBER + uint32(_draw(NUMBERS - 2));
        move.order = _draw(2) == 0 ? FIRST_NUMBER + uint32(_draw(NUMBERS - 2)) : move.number;
        move.count = count;
        bool isDelivery = _draw(2) == 0;
        move.action = uint8(isDelivery ? 32 + _draw(15) : 1 + _draw(23));
        move.organisation = _anyOrganisation();
        if (_draw(8) != 0) {
            // What has come to its end is left alone.
            uint16 terminal = isDelivery ? TERMINAL_DELIVERIES : TERMINAL_ORDERS;
            uint8 state = _stateOf(isDelivery, move);
            for (uint256 i = 0; i < 8 && (terminal >> state) & 1 == 1; i++) {
                move.number = FIRST_NUMBER + uint32(_draw(NUMBERS - 2));
                state = _stateOf(isDelivery, move);
            }
            move.action = _rarest(isDelivery, state, terminal);
            if (isDelivery && state != 0) move.order = model.orderOf(move.agreement, move.number);
            move.organisation = _seated(move.agreement, Lifecycle.rowOf(move.action).by());
        }
        // Only now and then is an order named where none belongs.
        if (!Lifecycle.rowOf(move.action).opens() && _draw(8) != 0) move.order = 0;
    }

    function _stateOf(bool isDelivery, Move memory move) private view returns (uint8) {
        if (isDelivery) return model.deliveryState(move.agreement, move.number);
        return model.orderState(move.agreement, move.number);
    }

    /// @dev Of the actions that a state allows, the one that was recorded least; mostly nothing is brought to its end.
    function _rarest(bool isDelivery, uint8 state, uint16 terminal) private returns (uint8 rarest) {
        uint256 least = type(uint256).max;
        bool isEndSpared = _draw(4) != 0;
        (uint8 from, uint8 to) = isDelivery ? (32, 46) : (1, 23);
        rarest = from;
        for (uint8 action = from; action <= to; action++) {
            uint256 row = Lifecycle.rowOf(action);
            if (!row.allows(state) || (isEndSpared && (terminal >> row.target()) & 1 == 1)) continue;
            uint256 times = model.recorded(action) * 4 + _draw(4);
            if (times < least) (least, rarest) = (times, action);
        }
    }

    /// @dev One of the organisations that hold one of these seats.
    function _seated(uint64 agreement, uint256 by) private returns (uint32) {
        uint32[5] memory seats = ledger.agreementOf(agreement).seats;
        uint256 seat = _draw(5);
        for (uint256 i = 0; i < 5; i++) {
            uint256 next = (seat + i) % 5;
            if ((by >> next) & 1 == 1 && seats[next] != 0) return seats[next];
        }
        return _anyOrganisation();
    }

    function _anyOrganisation() private returns (uint32) {
        return uint32(1 + _draw(6));
    }

    function _anyKey(uint32 organisation) private returns (address key, uint256 privateKey) {
        uint256 whose = _draw(16);
        if (whose == 0) privateKey = _privateKey(_anyOrganisation());
        else if (whose < 4) privateKey = _secondKey(organisation);
        else privateKey = _privateKey(organisation);
        return (vm.addr(privateKey), privateKey);
    }

    function _secondKey(uint32 organisation) private pure returns (uint256) {
        return uint256(keccak256(abi.encode("second key of organisation", organisation)));
    }

    /// @dev A new one as a rule, sometimes one that was drawn before.
    function _anyNonce(uint32 organisation) private returns (uint256 nonce) {
        uint256[] storage nonces = _nonces[organisation];
        if (nonces.length != 0 && _draw(16) == 0) return nonces[_draw(nonces.length)];
        nonce = uint256(keccak256(abi.encode(_nonce()))) >> (_draw(2) * 240);
        nonces.push(nonce);
    }

    function _anyDeadline() private returns (uint64) {
        return uint64(_draw(24) == 0 ? block.timestamp - _draw(2) : block.timestamp + 1 + _draw(1 hours));
    }

    function _draw(uint256 size) private returns (uint256) {
        _entropy = uint256(keccak256(abi.encode(_entropy)));
        return _entropy % size;
    }

    // What has to hold

    /// @notice How many nonces were drawn for an organisation, and which.
    function noncesOf(uint32 organisation) external view returns (uint256[] memory) {
        return _nonces[organisation];
    }

    /// @dev By the ledger's own word, whatever the model says.
    function _rememberWhatIsFinal() private {
        for (uint256 i = 0; i < agreements.length; i++) {
            IOrderLedger.Agreement memory held = ledger.agreementOf(agreements[i]);
            bytes32 ended = _ended[agreements[i]];
            if (ended != 0 && ended != keccak256(abi.encode(held))) broken = "an ended agreement changed";
            if ((TERMINAL_AGREEMENTS >> held.state) & 1 == 1) _ended[agreements[i]] = keccak256(abi.encode(held));
            for (uint32 number = FIRST_NUMBER; number < FIRST_NUMBER + NUMBERS; number++) {
                (uint8 delivery, ) = ledger.deliveryState(agreements[i], number);
                _rememberState(true, agreements[i], number, delivery, TERMINAL_DELIVERIES);
                _rememberState(false, agreements[i], number, ledger.orderState(agreements[i], number), TERMINAL_ORDERS);
            }
        }
    }

    function _rememberState(bool isDelivery, uint64 agreement, uint32 number, uint8 state, uint16 terminal) private {
        bytes32 thing = keccak256(abi.encode(isDelivery, agreement, number));
        if (_final[thing] != 0 && _final[thing] != state) broken = "a terminal state was left";
        if ((terminal >> state) & 1 == 1) _final[thing] = state;
    }
}
