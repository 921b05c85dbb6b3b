"""Everything that the ledger refuses, by what the caller can do about it.

::

    LedgerError
    ├── Refused             the chain said no; one class per Solidity error, told apart by selector
    │   ├── RegistryOrganisationUnknown, RegistryKeyUnauthorised, RegistryKeyInvalid,
    │   │   RegistryEncryptionKeyInvalid, RegistryCouncilRequired
    │   ├── IntentExpired, IntentReplayed, IntentSignatureInvalid, IntentUnauthorised,
    │   │   IntentGasTooLow
    │   ├── LedgerBatchSizesDiffer, LedgerActionsMalformed, LedgerActionUnknown,
    │   │   LedgerSeatMissing, LedgerOrderUnexpected
    │   ├── AgreementUnknown, AgreementUnexpectedState, AgreementNumberForeign,
    │   │   AgreementSeatsInvalid, AgreementSeatsDiffer, AgreementTermsDiffer,
    │   │   AgreementAlreadySigned, AgreementNoticed
    │   ├── OrderUnexpectedState, DeliveryUnexpectedState, DeliveryOrderUnexpectedState,
    │   │   DeliveryOrderDiffers
    │   ├── AuctionUnknown, AuctionExists, AuctionNumberForeign, AuctionTimesInvalid,
    │   │   AuctionLotsInvalid, AuctionRoleMissing, AuctionOutsideWindow,
    │   │   AuctionAlreadyFinalised, AuctionBidLimit, AuctionBidderLimit, AuctionBidUnknown,
    │   │   AuctionBidUnexpectedStatus, AuctionRevealDiffers, AuctionBundleInvalid,
    │   │   AuctionLotsOverlap, AuctionNotBetter, AuctionActorWrong,
    │   │   AuctionOrganisationUnknown, AuctionReceiverInvalid, AuctionBalanceTooLow,
    │   │   LotUnexpectedState, LotActionUnknown
    │   ├── DocumentProofMalformed, DocumentProofMismatch
    │   ├── OwnableUnauthorizedAccount, OwnableInvalidOwner, ReentrancyGuardReentrantCall,
    │   │   SafeERC20FailedOperation, ERC20InsufficientBalance, ERC20InsufficientAllowance,
    │   │   ERC20InvalidSender, ERC20InvalidReceiver, ERC20InvalidApprover,
    │   │   ERC20InvalidSpender, InvalidShortString, StringTooLong
    │   └── RefusalUnknown  in no catalogue: another contract version, a plain revert or a panic
    ├── Invalid             refused on this side, before anything was sent: mend it and ask again
    │   └── IdentifierMalformed, IntentMalformed, ActionsMalformed, SignatureMalformed,
    │       KeystoreUnreadable, RelayerKeyAbsent, DeploymentChainDiffers, DeploymentFileInvalid,
    │       DeploymentTooLarge, DeploymentUnaffordable, DeploymentProxyMissing,
    │       DeploymentRefused, DatabaseUrlInvalid; ArchiveUnreadable, KeyEpochUnexpected,
    │       KeyStillNeeded, RecipientRevoked, DocumentLive (ledger/fault.py)
    ├── Unreachable         chain or database does not answer: trying again is sound
    │   └── DeploymentAbsent, DatabaseUnreachable; DocumentUnread (ledger/fault.py)
    ├── TooManyWaiting      more is handed in than the chain takes: come back later
    ├── RpcRefused          the node answered, and said no for itself
    └── Corrupt             something that cannot be: stop and look
        └── DeploymentCodeDiffers; ReorgTooDeep, DocumentBroken,
            ArchiveFalse (ledger/fault.py)

Status, sentence and remedy of each stand in `contracts/spec/errors.toml`, under the same name.
"""

from functools import cache
from typing import Any

from eth_abi.exceptions import DecodingError

from ledger.catalogue import LedgerError as LedgerError
from ledger.catalogue import Refused as Refused


class RefusalUnknown(Refused):
    """The chain refused with data that is in no catalogue."""


class Invalid(LedgerError):
    """Refused on this side, before anything was sent."""


class IdentifierMalformed(Invalid):
    """A text is not an identifier of the network."""


class IntentMalformed(Invalid):
    """A value does not fit the type that is signed."""


class ActionsMalformed(Invalid):
    """Packed actions cannot be read to their end.

    Parameters
    ----------
    offset : int
        The byte at which reading stopped.
    readable : list
        The actions before it, which the ledger takes all the same.
    """

    def __init__(self, offset: int, readable: list[Any]) -> None:
        super().__init__(offset=offset)
        self.readable = readable


class SignatureMalformed(Invalid):
    """A signature is not 65 canonical bytes of a key."""


class KeystoreUnreadable(Invalid):
    """A keystore file cannot be opened."""


class RelayerKeyAbsent(Invalid):
    """Transactions of a key that is no longer configured are undecided."""


class DeploymentChainDiffers(Invalid):
    """The node is on another chain than the deployment."""


class DeploymentFileInvalid(Invalid):
    """A file is no deployment."""


class DeploymentTooLarge(Invalid):
    """A contract is larger than chains allow."""


class DeploymentUnaffordable(Invalid):
    """The account cannot pay for the deployment."""


class DeploymentProxyMissing(Invalid):
    """The chain has no deployment proxy, and none can be put there."""


class DeploymentRefused(Invalid):
    """The chain does not create a contract."""


class Unreachable(LedgerError):
    """The chain does not answer; trying again is sound."""


class DeploymentAbsent(Unreachable):
    """The contracts are not where they were said to be."""


class DatabaseUrlInvalid(Invalid):
    """A database is named that cannot be used."""


class DatabaseUnreachable(Unreachable):
    """The database does not answer, or has no room; trying again is sound."""


class TooManyWaiting(LedgerError):
    """More waits for the chain than this gateway lets wait."""


class RpcRefused(LedgerError):
    """The node understood a request and would not serve it.

    Parameters
    ----------
    method, message : str
        What was asked, and what the node said.
    code : int
        JSON-RPC error code.
    data : bytes
        Revert data, when the node gave any.
    """

    def __init__(self, method: str, code: int, message: str, data: bytes = b"") -> None:
        super().__init__(method=method, code=code, message=message)
        self.method = method
        self.code = code
        self.message = message
        self.data = data

    @property
    def reason(self) -> Refused | None:
        """The contract's own error, when the request was a call that reverted."""
        return decode_refusal(self.data) if self.data else None


class Corrupt(LedgerError):
    """Something that cannot be was found: stop and look."""


class DeploymentCodeDiffers(Corrupt):
    """Other code than ours is where a contract was said to be."""


def decode_refusal(data: bytes) -> Refused:
    """Tell which error a contract gave; never fails.

    Parameters
    ----------
    data : bytes
        Revert data, or the `problem` of an event.
    """
    kind = _refusals_by_selector().get(bytes(data[:4]))
    if kind is None:
        return RefusalUnknown(data=bytes(data))
    try:
        return kind.decoded(data)
    except DecodingError:
        return RefusalUnknown(data=bytes(data))


def refusal_named(name: str, arguments: dict[str, Any]) -> Refused:
    """Build a refusal again from its name and raw arguments, as they were stored."""
    kind = _refusals_by_name().get(name)
    return RefusalUnknown(data=name.encode()) if kind is None else kind(**arguments)


@cache
def _refusals_by_name() -> dict[str, type[Refused]]:
    return {kind.__name__: kind for kind in Refused.__subclasses__()}


@cache
def _refusals_by_selector() -> dict[bytes, type[Refused]]:
    return {
        kind.entry.selector: kind for kind in _refusals_by_name().values() if kind.entry.is_chain
    }


class RegistryOrganisationUnknown(Refused):
    """The organisation is not a member."""


class RegistryKeyUnauthorised(Refused):
    """The calling key may not rule the organisation."""


class RegistryKeyInvalid(Refused):
    """The address cannot be a key."""


class RegistryEncryptionKeyInvalid(Refused):
    """The encryption key is empty."""


class RegistryCouncilRequired(Refused):
    """The council cannot give up its office without a successor."""


class IntentExpired(Refused):
    """The intent's deadline has passed."""


class IntentReplayed(Refused):
    """The organisation has used this nonce before."""


class IntentSignatureInvalid(Refused):
    """The signature is malformed, not canonical, or denied by its contract account."""


class IntentUnauthorised(Refused):
    """The key may not do this for the organisation."""


class IntentGasTooLow(Refused):
    """The relay left too little gas to ask a contract account."""


class LedgerBatchSizesDiffer(Refused):
    """Intents and signatures differ in number."""


class LedgerActionsMalformed(Refused):
    """The actions of a batch cannot be read to their end."""


class LedgerActionUnknown(Refused):
    """The lifecycle table has no such action."""


class LedgerSeatMissing(Refused):
    """The organisation holds no seat that may do this."""


class LedgerOrderUnexpected(Refused):
    """An order is named where the action opens no delivery."""


class AgreementUnknown(Refused):
    """There is no such agreement."""


class AgreementUnexpectedState(Refused):
    """The agreement's state does not allow the step."""


class AgreementNumberForeign(Refused):
    """The agreement's number belongs to another organisation."""


class AgreementSeatsInvalid(Refused):
    """The proposed seats break a rule."""


class AgreementSeatsDiffer(Refused):
    """The seats or the notice signed are not those proposed."""


class AgreementTermsDiffer(Refused):
    """The terms signed are not those on the table."""


class AgreementAlreadySigned(Refused):
    """The organisation has signed already."""


class AgreementNoticed(Refused):
    """Notice was given before."""


class OrderUnexpectedState(Refused):
    """The order's state does not allow the action."""


class DeliveryUnexpectedState(Refused):
    """The delivery's state does not allow the action."""


class DeliveryOrderUnexpectedState(Refused):
    """The state of the delivery's order does not allow the action."""


class DeliveryOrderDiffers(Refused):
    """The delivery belongs to another order."""


class AuctionUnknown(Refused):
    """There is no such auction."""


class AuctionExists(Refused):
    """The auction's number is taken."""


class AuctionNumberForeign(Refused):
    """The auction's number belongs to another organisation."""


class AuctionTimesInvalid(Refused):
    """The windows do not follow one another."""


class AuctionLotsInvalid(Refused):
    """The auction has no lot, or too many."""


class AuctionRoleMissing(Refused):
    """The organisation lacks the role."""


class AuctionOutsideWindow(Refused):
    """The window for this is not open."""


class AuctionAlreadyFinalised(Refused):
    """The auction is final."""


class AuctionBidLimit(Refused):
    """The auction has as many bids as it can."""


class AuctionBidderLimit(Refused):
    """The organisation has placed as many bids in the auction as it can."""


class AuctionBidUnknown(Refused):
    """There is no such bid."""


class AuctionBidUnexpectedStatus(Refused):
    """The bid's status does not allow this."""


class AuctionRevealDiffers(Refused):
    """The revealed bid is not the committed one."""


class AuctionBundleInvalid(Refused):
    """The bid covers no lot, too many, or foreign ones."""


class AuctionLotsOverlap(Refused):
    """Two chosen bids share a lot."""


class AuctionNotBetter(Refused):
    """The allocation does not better the standing one."""


class AuctionActorWrong(Refused):
    """The organisation may not take this step of the lot."""


class AuctionOrganisationUnknown(Refused):
    """There is no such organisation to deposit for."""


class AuctionReceiverInvalid(Refused):
    """What is withdrawn to this account would be lost."""


class AuctionBalanceTooLow(Refused):
    """The free deposit is too small."""


class LotUnexpectedState(Refused):
    """The lot's state does not allow the action."""


class LotActionUnknown(Refused):
    """There is no such step of a lot."""


class DocumentProofMalformed(Refused):
    """A contract was handed bytes that are not the proof of one field."""


class DocumentProofMismatch(Refused):
    """A contract was handed a proof that leads to another commitment."""


class OwnableUnauthorizedAccount(Refused):
    """The caller is not the council."""


class OwnableInvalidOwner(Refused):
    """The account cannot be the council."""


class ReentrancyGuardReentrantCall(Refused):
    """A token called back while it was being moved."""


class SafeERC20FailedOperation(Refused):
    """The token did not move."""


class ERC20InsufficientBalance(Refused):
    """The account holds too few tokens."""


class ERC20InsufficientAllowance(Refused):
    """The holder has approved too few tokens."""


class ERC20InvalidSender(Refused):
    """The account cannot send tokens."""


class ERC20InvalidReceiver(Refused):
    """The account cannot receive tokens."""


class ERC20InvalidApprover(Refused):
    """The account cannot approve."""


class ERC20InvalidSpender(Refused):
    """The account cannot be approved."""


class InvalidShortString(Refused):
    """A contract's name is not a short string; a bug."""


class StringTooLong(Refused):
    """A contract's name is too long; a bug."""
