"""Operations of members: joining, keys, and an agreement from its proposal to its end."""

from typing import Final

from ledger.contracts import encode_admit, encode_set_key
from ledger.lifecycle import state_number
from ledger.number import agreement_number
from ledger.role import Permission, Role

from .stage import TERMS, Measure, OperationFailed, Stage, key_of

SERIAL: Final = 1 << 31
"""Of an agreement that no other case concludes."""


async def measure_registry(stage: Stage) -> dict[str, Measure]:
    """Admit an organisation, and give it another key."""
    member = await stage.admit(Role.SUPPLIER)
    registry, key = stage.deployment.registry, stage.keys[member]
    other = key_of("another key").address
    data = encode_set_key(member, other, Permission.RECORD, 0)
    measures = {"registry_set_key": await stage.measure(registry, data, sender=key)}
    data = encode_admit(Role.SUPPLIER, "Member", "https://gateway.example", TERMS, other)
    measures["registry_admit"] = await stage.measure(registry, data, sender=stage.council)
    return measures


async def measure_agreement(stage: Stage) -> dict[str, Measure]:
    """Take an agreement from its proposal to its end."""
    brand, supplier = await stage.admit(Role.BRAND), await stage.admit(Role.SUPPLIER)
    await stage.conclude(brand, supplier)
    agreement = agreement_number(brand, SERIAL)
    seats = (brand, supplier, 0, 0, 0)
    ledger = stage.deployment.order_ledger
    measures: dict[str, Measure] = {}
    for organisation, action, name in (
        (brand, "propose", "agreement_propose"),
        (supplier, "sign", "agreement_sign"),
        (brand, "amend", "agreement_amend"),
        (supplier, "sign", "agreement_sign_amendment"),
        (brand, "give_notice", "agreement_give_notice"),
        (brand, "propose_end", "agreement_propose_end"),
        (supplier, "sign_end", "agreement_sign_end"),
    ):
        data = stage.step(organisation, agreement, action, seats)
        measures[name] = await stage.measure(ledger, data)
    # The state follows the five seats.
    (state,) = await stage.view(ledger, "agreementOf(uint64)", [(agreement,)], word=len(seats))
    if state != state_number("agreement", "Ended"):
        raise OperationFailed(f"the agreement stands in state {state}, and has not ended")
    return measures
