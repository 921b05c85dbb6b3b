import pytest

from ledger.catalogue import catalogue
from ledger.errors import (
    ActionsMalformed,
    AgreementNoticed,
    AuctionBalanceTooLow,
    Corrupt,
    DeliveryUnexpectedState,
    IntentReplayed,
    IntentUnauthorised,
    LedgerSeatMissing,
    LotUnexpectedState,
    OrderUnexpectedState,
    RefusalUnknown,
    RpcRefused,
    Unreachable,
    decode_refusal,
    refusal_named,
)

AGREEMENT = 1 << 32 | 7
KEY = "0x52908400098527886E0F7030069857D2E4169EE7"


def test_refusal_speaks_of_identifiers_and_states() -> None:
    refusal = OrderUnexpectedState(AGREEMENT, 12, 4, 0b110)
    assert (
        str(refusal) == "Order 12 of A1-7 is Confirmed; this action needs Issued or Acknowledged."
    )
    assert refusal.context == {
        "agreement": "A1-7",
        "number": 12,
        "current": "Confirmed",
        "allowed": ["Issued", "Acknowledged"],
    }
    assert (refusal.name, refusal.status) == ("OrderUnexpectedState", 409)
    assert refusal.remedy == catalogue()["OrderUnexpectedState"].remedy


def test_refusal_names_actions_permissions_and_lots() -> None:
    assert "may despatch" in str(LedgerSeatMissing(AGREEMENT, 3, 34))
    assert "may 99" in str(LedgerSeatMissing(AGREEMENT, 3, 99))
    assert "may not record+agree" in str(IntentUnauthorised(3, KEY, 3))
    assert str(LotUnexpectedState(8 << 32 | 1, 0, 1, 4)).startswith("Lot 0 of L8-1 is Open")
    assert DeliveryUnexpectedState(AGREEMENT, 1, 15, 1).context["current"] == "15"


def test_numbers_beyond_json_become_text() -> None:
    assert IntentReplayed(1, 2**255).context["nonce"] == str(2**255)
    assert IntentReplayed(1, 5).context["nonce"] == 5


def test_refusal_survives_storage_by_name() -> None:
    refusal = AuctionBalanceTooLow(9, KEY, 10, 50)
    again = refusal_named(refusal.name, refusal.arguments)
    assert type(again) is AuctionBalanceTooLow
    assert str(again) == str(refusal)


def test_refusal_of_an_unknown_name_is_unknown() -> None:
    assert type(refusal_named("NeverHeardOf", {"a": 1})) is RefusalUnknown


def test_refusals_take_all_their_arguments() -> None:
    with pytest.raises(ValueError, match="zip"):
        AgreementNoticed(AGREEMENT)


def test_refusal_carries_checksummed_addresses() -> None:
    data = IntentUnauthorised(1, KEY.lower(), 1).encoded()
    assert decode_refusal(data).arguments["key"] == KEY


def test_node_refusal_tells_the_contracts_reason_if_there_is_one() -> None:
    data = AgreementNoticed(AGREEMENT, 5).encoded()
    assert type(RpcRefused("eth_call", 3, "reverted", data).reason) is AgreementNoticed
    assert RpcRefused("eth_call", -32000, "nonce too low").reason is None


def test_branches_tell_what_to_do() -> None:
    assert Unreachable(url="http://x", problem="refused").status == 503
    assert Corrupt(problem="two blocks of one number").status == 500
    assert ActionsMalformed(9, []).status == 422


def test_class_below_a_branch_has_a_name_of_its_own() -> None:
    class TooDeep(Corrupt):
        pass

    assert TooDeep(problem="x").name == "TooDeep"
    assert TooDeep(problem="x").status == 500
