"""The tables of naps. A message that goes takes its notes along, and every nap that ends with it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from memory.schema import Base


class NapRow(Base):
    """What stands for a conversation from its beginning to `upto_id`."""

    __tablename__ = "nap"
    __table_args__ = (Index("nap_upto", "upto_id"), {"sqlite_autoincrement": True})

    number: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    upto_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    messages: Mapped[int]
    tokens: Mapped[int]
    passes: Mapped[int]
    model: Mapped[str]
    at: Mapped[datetime]


class NapNoteRow(Base):
    """One cited note of a nap."""

    __tablename__ = "nap_note"

    number: Mapped[int] = mapped_column(primary_key=True)
    nap: Mapped[int] = mapped_column(ForeignKey("nap.number", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    found_in: Mapped[int]
