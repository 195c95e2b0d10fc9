"""What is nobody else's business: health, sexuality, religion, politics, money, identifiers.

Found by words and forms, in English. In doubt a statement counts as sensitive, which keeps it from nothing but being
stored unasked and being passed on. The kinds follow Regulation (EU) 2016/679, article 9, with money and identifiers
beside them.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum

from memory.extraction.lexicon import CONDITIONS, DIETS
from memory.types import Message, Sensitivity


class Matter(StrEnum):
    """What a sensitive statement is about."""

    HEALTH = "health"
    SEXUALITY = "sexuality"
    RELIGION = "religion"
    POLITICS = "politics"
    MONEY = "money"
    IDENTIFIERS = "identifiers"


def matters_of(text: str) -> tuple[Matter, ...]:
    """What is sensitive in a text; nothing in most."""
    found = [matter for matter, pattern in _WORDS.items() if pattern.search(text)]
    if Matter.IDENTIFIERS not in found and any(_is_number_of_a_card(m.group()) for m in _DIGITS.finditer(text)):
        found.append(Matter.IDENTIFIERS)
    return tuple(found)


def is_sensitive(text: str, *, like: Message | None = None) -> bool:
    """Whether its words, or the rules for plain statements, find something sensitive in what a user says."""
    from memory.extraction import extract

    now = datetime.now(UTC)
    message = like or Message(
        id="", number=0, conversation_id="", parent_id=None, role="user", author="", content="", status="complete",
        said_at=now, zone="UTC",
    )  # fmt: skip
    found = extract(replace(message, content=text))
    return bool(matters_of(text)) or any(one.sensitivity is Sensitivity.SENSITIVE for one in found)


def _is_number_of_a_card(text: str) -> bool:
    """Luhn's check (ISO/IEC 7812-1), for 13 to 19 digits."""
    digits = [int(c) for c in text if c.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return 13 <= len(digits) <= 19 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _any(*parts: str) -> "re.Pattern[str]":
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


_DIGITS = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_WORDS = {
    Matter.HEALTH: _any(
        CONDITIONS, DIETS, r"allerg(?:y|ies|ic)", "intolerance", "asthmatic", "cancer", r"tumou?rs?", "HIV", "AIDS",
        r"hepatitis(?: [abc])?", "dementia", "alzheimer's", "parkinson's", "multiple sclerosis", "schizophreni[ac]",
        r"bipolar(?: disorder)?", "chemotherapy", "dialysis", "insulin", "antidepressants?", "sertraline", "lithium",
        r"(?:was |been |got )?diagnosed(?: with)?", "miscarriage", "abortion", "IVF", "infertile", "in remission",
        r"(?:psycho|physio)?therap(?:y|ist)", "psychiatrist", "rehab", "sober", "alcoholic", "addict(?:ed|ion)",
        r"suicid\w+", "self-harm", r"blood (?:type|pressure|sugar)", r"(?:have|has|had|need|needs|after) surgery",
        r"take (?:\w+ )?(?:pills|medication|medicine)", r"on medication", r"(?:weigh|weighs|weighed) \d+", "disabled",
    ),
    Matter.SEXUALITY: _any(
        "gay", "lesbian", "bisexual", r"bi(?!-)", "queer", "homosexual", "heterosexual", "asexual", "pansexual",
        "trans", "transgender", "non-?binary", r"sex(?:ual)? (?:life|orientation)", "polyamorous",
        r"came out(?= (?:as|to))",
        "sleeping with", "an affair",
    ),
    Matter.RELIGION: _any(
        "catholic", "protestant", "evangelical", "lutheran", "orthodox christian", "christian", "muslim", "jewish",
        "hindu", "buddhist", "sikh", "mormon", "atheist", "agnostic", "baptised", "baptized", "bar mitzvah",
        "bat mitzvah", r"convert(?:ed)? to (?:islam|judaism|christianity|catholicism|buddhism)",
        r"(?:go|goes|went) to (?:church|mosque|mass|synagogue|temple)",
        r"(?:observe|keep|keeps|observes) (?:ramadan|shabbat|lent)",
    ),
    Matter.POLITICS: _any(
        r"vot(?:e|ed|es|ing) (?:for|against)", "republican", "democrat", "socialist", "communist", "conservative",
        "labour party", "tory", "libertarian", "anarchist", r"(?:trade |labou?r )?union member",
        r"(?:member|supporter) of (?:the )?[\w ]{0,30}party", "left-wing", "right-wing", "political views?",
    ),
    Matter.MONEY: _any(
        "salary", "salaries", "income", "net worth", "in debt", r"debts? of", r"owe \S*\d", "bankrupt(?:cy)?",
        "mortgage", r"(?:bank|savings) (?:account|balance)", "inheritance", "pension", "credit score", r"overdraft",
        r"(?:earn|make)s? (?:about |around )?(?:[$€£]\s?\d\S*|\d[\d.,]*k)", r"earn(?:s|ed)? \S*\d\S*", "my savings",
        "your savings", "on welfare", "on benefits",
    ),
    Matter.IDENTIFIERS: _any(
        r"passwords?", r"pass ?code", r"(?-i:PIN)", r"passport(?: number| no\.?)?(?= (?:is|number|no))",
        r"passport number", r"social security(?: number)?", "SSN", "tax (?:number|id)", "IBAN",
        r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?", r"(?:id|identity) (?:card|number)(?: number)?",
        r"driv(?:er's|ing) licen[cs]e number", r"(?:credit|debit) card", "CVV", r"API key", r"account number",
        r"insurance number", r"(?:national )?insurance no",
    ),
}  # fmt: skip
