"""A planned thing as one that is past: "You are going to Singapore" becomes "You went to Singapore".

Only the verb changes. What was merely intended stays an intention ("You planned to run a marathon"): that the day has
passed says that a flight was flown, not that a resolution was kept.
"""

import re
from collections.abc import Callable

from memory.fulltext import words_of
from sleep.guard import differences

_PLURAL = r"(?:you|we|they)"
_GO_TO = frozenset("school work bed church hospital college university court town camp dinner lunch sea market".split())
"""Places that are verbs, too."""
_INTENDED = "planning|hoping|intending|expecting|aiming|wanting|about|due|supposed|scheduled|booked|set"
_BARE = frozenset(
    "fly start leave travel arrive move begin end return come visit meet take have see get run go drive expire open"
    " close".split()
)
"""Verbs whose present is understood as a plan: "You fly to Oslo on Friday", "Your lease ends in June"."""
_ADVERB = r"(?:(?:still|now|probably|also|finally|both|all) )*"

Rewrite = Callable[[re.Match[str]], str | None]


def in_past(text: str) -> str | None:
    """The statement in the past tense; None where its verb is not understood."""
    for pattern, rewrite in _RULES:
        match = pattern.search(text)
        if match is not None and (changed := rewrite(match)) is not None:
            return text[: match.start()] + changed + text[match.end() :]
    return None


def retold(before: str, after: str) -> bool:
    """Whether a statement is another with nothing changed but the form of its verb."""
    old, new = set(words_of(before)), set(words_of(after))
    lost, gained = old - new, new - old
    if before == after or len(lost) > 1 or len(gained) > 1 or differences(before, after):
        return False
    return all(_base(one) is not None and _base(one) == _base(two) for one in lost for two in gained)


def _was(match: re.Match[str]) -> str:
    return "was" if match["be"].lower() == "is" else "were"


def _past(verb: str) -> str | None:
    """ "flew" for "fly" and "flies". None for what is no verb."""
    from lemminflect import getInflection

    found = getInflection(_base(verb) or "", "VBD", inflect_oov=False)
    return str(found[-1] if verb.lower().startswith("travel") else found[0]) if found else None


def _base(verb: str) -> str | None:
    from lemminflect import getLemma

    found = getLemma(verb.lower(), upos="VERB", lemmatize_oov=False)
    return str(found[0]) if found else None


def _is_verb(word: str) -> bool:
    return word == word.lower() and word not in _GO_TO and _base(word) == word


def _going_to(match: re.Match[str]) -> str | None:
    word = match["word"]
    if match["no"]:
        return f"did not {word}" if _is_verb(word) else f"did not go to {word}"
    return _past(word) if _is_verb(word) else f"went to {word}"


def _progressive(match: re.Match[str]) -> str | None:
    base = _base(match["verb"])
    if base is None:
        return None
    return f"did not {base}" if match["no"] else _past(base)


def _future(match: re.Match[str]) -> str | None:
    if match["verb"].lower() == "be":
        return ("was" if _singular(match) else "were") + (" not" if match["no"] else "")
    return f"did not {match['verb']}" if match["no"] else _past(match["verb"])


def _singular(match: re.Match[str]) -> bool:
    return re.match(rf"{_PLURAL}\b", match.string, re.IGNORECASE) is None


def _present(match: re.Match[str]) -> str | None:
    base = _base(match["verb"])
    past = _past(match["verb"]) if base in _BARE else None
    return f"{match['subject']} {past}" if past else None


_RULES: tuple[tuple[re.Pattern[str], Rewrite], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), rewrite)
    for pattern, rewrite in (
        (rf"\b(?P<be>are|is) (?P<kept>{_ADVERB}(?:{_INTENDED}) (?:to|on|for))\b", lambda m: f"{_was(m)} {m['kept']}"),
        (rf"\b(?:are|is) {_ADVERB}(?P<no>not )?{_ADVERB}going to (?P<word>[\w'’-]+)", _going_to),
        (r"\bwill (?P<no>not |never )?be (?P<verb2>\w+ing)\b", lambda m: _will_be(m)),
        (rf"\b(?:will|shall) (?P<no>not )?{_ADVERB}(?P<verb>[a-z]+)\b", _future),
        (r"\bwon['’]t (?P<verb>[a-z]+)\b", lambda m: f"did not {m['verb']}"),
        (rf"\b(?:are|is) {_ADVERB}(?P<no>not )?{_ADVERB}(?P<verb>[a-z]+ing)\b", _progressive),
        (r"\b(?P<verb>plan|plans|intend|intends|hope|hopes|want|wants|need|needs|expect|expects) to\b",
         lambda m: f"{_past(m['verb'])} to"),
        (r"\b(?P<be>are|is)\b", _was),
        (r"\b(?:have|has) (?=(?:an?|my|your|the|another|our|his|her|their|to)\b)", lambda m: "had "),
        (r"^(?P<subject>You|We|They|(?:Your|Our|The) (?:[\w'’-]+ ){0,3}?[\w'’-]+|[A-Z][\w'’-]+) (?P<verb>[a-z]+)\b",
         _present),
    )
)  # fmt: skip


def _will_be(match: re.Match[str]) -> str | None:
    base = _base(match["verb2"])
    if base is None:
        return None
    return f"did not {base}" if match["no"] else _past(base)
