// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A token that anyone may mint.
contract FreeToken is ERC20 {
    constructor() ERC20("Free", "FREE") {}

    function mint(address holder, uint256 amount) external {
        _mint(holder, amount);
    }
}

/// @notice Keeps one hundredth of every transfer, rounded down.
contract FeeToken is FreeToken {
    function _update(address from, address to, uint256 amount) internal override {
        uint256 fee = from == address(0) || to == address(0) ? 0 : amount / 100;
        if (fee != 0) super._update(from, address(0), fee);
        super._update(from, to, amount - fee);
    }
}

/// @notice Returns nothing from its transfers, as some old tokens do.
contract MuteToken {
    mapping(address holder => uint256) public balanceOf;
    mapping(address holder => mapping(address spender => uint256)) public allowance;

    function mint(address holder, uint256 amount) external {
        balanceOf[holder] += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// @notice Answers false instead of moving anything.
contract FalseToken {
    function balanceOf(address) external pure returns (uint256) {
        return 0;
    }

    function transfer(address, uint256) external pure returns (bool) {
        return false;
    }

    function transferFrom(address, address, uint256) external pure returns (bool) {
        return false;
    }
}

/// @notice Calls a target back in the midst of every transfer, once it is armed; remembers what came of it.
contract CallbackToken is FreeToken {
    address private _target;
    bytes private _call;
    bool public wasCalledBack;
    bool public didSucceed;
    bytes public answer;

    function arm(address target, bytes calldata call_) external {
        _target = target;
        _call = call_;
        wasCalledBack = false;
    }

    function _update(address from, address to, uint256 amount) internal override {
        address target = _target;
        if (target != address(0)) {
            _target = address(0);
            wasCalledBack = true;
            (didSucceed, answer) = target.call(_call);
        }
        super._update(from, to, amount);
    }
}

/// @notice Burns all gas for, or refuses, a transfer to a named receiver.
contract BlockingToken is FreeToken {
    mapping(address receiver => bool) public isBlocked;
    bool public burnsGas;

    function setBlocked(address receiver, bool burnsGas_) external {
        isBlocked[receiver] = true;
        burnsGas = burnsGas_;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (isBlocked[to]) {
            while (burnsGas) {}
            revert("BlockingToken: blocked");
        }
        super._update(from, to, amount);
    }
}

/// @notice Answers false instead of moving anything, while it is told to.
contract FickleToken is FreeToken {
    bool private _isRefusing;

    function refuse(bool isRefusing) external {
        _isRefusing = isRefusing;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !_isRefusing && super.transfer(to, amount);
    }
}

/// @notice Takes from any holder, as a token does that is rebased downward.
contract ShrinkingToken is FreeToken {
    function shrink(address holder, uint256 amount) external {
        _burn(holder, amount);
    }
}
