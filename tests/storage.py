"""Where the contracts keep what tests set or compare: slots, as the compiler laid them out."""

from collections.abc import Mapping, Sequence

from eth_abi.abi import encode
from eth_hash.auto import keccak

from ledger.client import Client
from ledger.contracts_artifact import load_contract


def slot_of(contract: str, label: str, key: int) -> int:
    """Give the slot of a mapping's value."""
    layout = load_contract(contract).storage_layout
    (base,) = [int(item["slot"]) for item in layout if item["label"] == label]
    return int.from_bytes(keccak(encode(["uint256", "uint256"], [key, base])))


def packed(agreement: int, values: Mapping[int, int], bits: int) -> dict[int, int]:
    """Pack numbered values as the ledger does; gives words by their key in the mapping."""
    per_word = 256 // bits
    words: dict[int, int] = {}
    for number, value in values.items():
        key = agreement * (2**32 // per_word) + number // per_word
        words[key] = words.get(key, 0) + value * 2 ** (bits * (number % per_word))
    return words


async def set_words(client: Client, contract: str, words: Mapping[int, int]) -> None:
    """Overwrite storage slots."""
    await client.batch(
        [("anvil_setStorageAt", (contract, hex(slot), _word(word))) for slot, word in words.items()]
    )


async def get_words(client: Client, contract: str, slots: Sequence[int]) -> dict[int, int]:
    """Read storage slots."""
    answers = await client.batch(
        [("eth_getStorageAt", (contract, hex(slot), "latest")) for slot in slots]
    )
    return dict(zip(slots, (int(answer, 16) for answer in answers), strict=True))


def _word(value: int) -> str:
    return "0x" + value.to_bytes(32).hex()
