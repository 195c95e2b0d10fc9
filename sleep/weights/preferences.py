"""Finds what the user preferred: answers that were given again, asked for in another manner, and dreams kept."""

import re
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from memory.clock import Clock
from memory.database import Database
from memory.preferences import NewPreference, PreferenceKind, is_about_name
from memory.schema import MessageRow
from memory.schema_nights import DreamRow
from memory.store import ConversationStore
from memory.store.preferences import PreferenceStore
from memory.types import Message

MOST_WISH_CHARS = 120
"""What asks for another manner is short; a longer message asks for something else, too."""
LEAST_ALIKE = 40
"""Share of common words, of 100, from which a second answer is the first in another manner."""
MOST_RETRIES = 3
_MANNER = re.compile(
    r"\b(?:shorter|briefer|more (?:briefly|concise(?:ly)?|detail(?:s|ed)?|formal(?:ly)?)|"
    r"less (?:wordy|formal(?:ly)?|detail)|(?:keep|make) (?:it|that|this|them) (?:short|brief|simple|longer)|"
    r"too (?:long|short|wordy|formal|complicated|technical)|longer,? please|a (?:bit|little) longer|simpler|"
    r"(?:in )?plain(?:er)? (?:words|english|language)|"
    r"in (?:one|a|two|a single) (?:sentences?|words?|lines?|paragraphs?)|"
    r"(?:no|without|skip|drop) (?:the )?(?:lists?|bullets?|bullet points|emojis?|headings?|tables?|exclamation marks?)|"
    r"stop apologi[sz]ing|(?:don['’]?t|do not) apologi[sz]e|rephrase|friendlier|to the point)\b",
    re.IGNORECASE,
)


def collect(database: Database, clock: Clock) -> int:
    """Look through what was said, and keep what is new. Returns how many preferences are new."""
    with database.read() as session:
        branched = set(_branched(session))
        wishes = list(_wishes(session))
        found = list(_dreams(session))
    conversations = ConversationStore(database, clock)
    for conversation in sorted(branched | {c for c, _ in wishes}):
        found += _in_thread(conversations, conversation, {m for c, m in wishes if c == conversation})
    return PreferenceStore(database).collect(found, clock.now())


def _branched(session: Session) -> Iterable[str]:
    """Conversations in which something was answered more than once."""
    return session.scalars(
        select(MessageRow.conversation_id)
        .where(MessageRow.role == "assistant", MessageRow.parent_id.is_not(None))
        .group_by(MessageRow.conversation_id, MessageRow.parent_id)
        .having(func.count() > 1)
    )


def _wishes(session: Session) -> Iterator[tuple[str, str]]:
    """Conversations and messages that ask for another manner."""
    short = select(MessageRow.conversation_id, MessageRow.id, MessageRow.content).where(
        MessageRow.role == "user", MessageRow.parent_id.is_not(None), func.length(MessageRow.content) <= MOST_WISH_CHARS
    )
    for conversation, message, said in session.execute(short).yield_per(1000):
        if _MANNER.search(said) or is_about_name(said):
            yield conversation, message


def _dreams(session: Session) -> Iterator[NewPreference]:
    """A dream that was kept beside each that was dismissed, of the same night."""
    decided = session.scalars(
        select(DreamRow).where(DreamRow.status.in_(("kept", "dismissed"))).order_by(DreamRow.number)
    ).all()
    for kept in (d for d in decided if d.status == "kept"):
        for gone in (d for d in decided if d.status == "dismissed" and d.at == kept.at):
            yield NewPreference(kind=PreferenceKind.DREAMT, chosen=kept.id, rejected=gone.id)


def _in_thread(conversations: ConversationStore, conversation: str, wishes: set[str]) -> Iterator[NewPreference]:
    """What one conversation tells, along the branch that is shown."""
    thread = conversations.thread(conversation)
    for place, message in enumerate(thread):
        before = thread[place - 1] if place else None
        if before is not None and message.role == "assistant" and before.role == "user":
            yield from _retried(before, message, conversations.siblings(message.id))
        if message.id in wishes and place >= 2:
            yield from _asked(thread, place)


def _retried(question: Message, kept: Message, every: Sequence[Message]) -> Iterator[NewPreference]:
    others = [m for m in every if m.id != kept.id and m.role == "assistant" and _whole(m) and m.content != kept.content]
    for other in others[-MOST_RETRIES:] if _whole(kept) else ():
        yield NewPreference(kind=PreferenceKind.RETRIED, question=question.id, chosen=kept.id, rejected=other.id)


def _asked(thread: Sequence[Message], place: int) -> Iterator[NewPreference]:
    question, first, wish = thread[place - 2], thread[place - 1], thread[place]
    if (question.role, first.role) != ("user", "assistant") or not _whole(first):
        return
    if is_about_name(wish.content):
        yield NewPreference(
            kind=PreferenceKind.NAMED, question=question.id, chosen=wish.id, rejected=first.id, wish=wish.id
        )
        return
    again = thread[place + 1] if place + 1 < len(thread) else None
    if again is not None and again.role == "assistant" and _whole(again) and _alike(first.content, again.content):
        yield NewPreference(
            kind=PreferenceKind.ASKED, question=question.id, chosen=again.id, rejected=first.id, wish=wish.id
        )


def _whole(message: Message) -> bool:
    return message.status == "complete" and bool(message.content.strip())


def _alike(first: str, second: str) -> bool:
    from rapidfuzz.fuzz import token_set_ratio

    return first != second and token_set_ratio(first.lower(), second.lower()) >= LEAST_ALIKE
