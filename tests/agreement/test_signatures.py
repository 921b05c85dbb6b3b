"""Python refuses the signatures that the contract refuses, and takes the one it takes.

The contract's refusals are rows of contracts/spec/failures.toml, made of the same signatures.
"""

import pytest

from ledger.errors import SignatureMalformed
from ledger.key import SigningKey, recover
from tests.agreement.failure.admission import BENT

DIGEST = b"\x5a" * 32


def test_good_signature_names_its_key() -> None:
    key = SigningKey.create()
    assert recover(DIGEST, key.sign(DIGEST)) == key.address


@pytest.mark.parametrize("bend", BENT)
def test_bent_signature_is_refused(bend: str) -> None:
    good = SigningKey.create().sign(DIGEST)
    with pytest.raises(SignatureMalformed):
        recover(DIGEST, BENT[bend](good))
