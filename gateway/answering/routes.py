"""Over HTTP: what the senders of messages are told of what became of them."""

from __future__ import annotations

from fastapi import APIRouter

from gateway.answer import READ_PROBLEMS, Page, problems
from gateway.answering import book
from gateway.answering.models import Answer, Conversation
from gateway.answering.schemas import AnswerView
from gateway.conversion.schemas import LossView
from gateway.deps import CallerDep, GatewayDep
from gateway.inbox import book as inbox
from gateway.naming import order_id
from ledger.database import reading

router = APIRouter(prefix="/v1/inbox", tags=["inbox"])


@router.get("/{id}/answers", responses=READ_PROBLEMS | problems(InboxMessageUnknown=404))
def list_answers(gateway: GatewayDep, caller: CallerDep, id: str) -> Page[AnswerView]:
    """List what other parties did about the orders of a message, as its sender is told.

    Each is written in the standard, the release and by the profile of the message, and lies in the
    outbox.
    """
    with reading(gateway.engine) as session:
        message = inbox.own(session, caller.organisation, id, is_read=True)
        found = book.of_message(session, inbox.number_of(message))
        return Page(items=[_view(*each) for each in found])


def _view(answer: Answer, conversation: Conversation) -> AnswerView:
    return AnswerView(
        id=str(answer.id),
        action=answer.action,
        order=order_id(conversation.agreement, conversation.order_number),
        outbox=None if answer.outbox is None else str(answer.outbox),
        losses=[LossView.model_validate(each) for each in answer.losses],
    )
