"""A statement's words in a form in which wordings that surely say the same thing are equal.

Spelling, contractions, articles and a short list of synonyms are evened out, and a time may stand first or last. What
is left must be equal word by word, in the same order: "Ana owes Ben" is not "Ben owes Ana".
"""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from memory.extraction.grammar import plain
from sleep.numerals import figures

Words = tuple[str, ...]

_TOKEN = re.compile(r"~\w+|\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?|[$€£¥%°]")
_DROPPED = frozenset(
    "a an the really actually honestly also too as-well now currently presently nowadays do does please still".split()
)
_PHRASES = tuple(
    (re.compile(pattern), full)
    for pattern, full in (
        (r"^(\w+), (my|your) (\w+),", r"\2 \3 \1"),
        (r"\bas well\b(?! as\b)|\b(?:at the moment|right now|these days|at present)\b", " "),
        (r"\b(?:am|are) (living|working|studying|residing)\b", lambda m: m[1].removesuffix("ing")),
        (r"\bliv\b", "live"),
        (r"\bresid\b", "live"),
        (r"\bis (living|working|residing)\b", lambda m: {"working": "works"}.get(m[1], "lives")),
        (r"\bresides\b", "lives"),
        (r"\b(?:mobile|cell) phone\b|\bcellphone\b", "phone"),
        (r"\b(?:am|are|is) (?:named|known as)\b", "be called"),
        (r"\bname (?:is|am|are)\b", "name be"),
        (r"\bare employed (?:at|by)\b", "work at"),
        (r"\bwork for (?=[a-z])", "work at "),
        (r"\bworks for (?=[a-z])", "works at "),
        (r"\bis employed (?:at|by)\b", "works at"),
        (r"\b(?:am|are|is) (?:very )?fond of\b|\b(?:am|are|is) keen on\b", "like"),
        (r"\b(?:am|are|is) crazy about\b", "love"),
        (r"\bcan not (?:stand|bear)\b", "hate"),
        (r"\bdo not like\b", "dislike"),
        (r"\bdoes not like\b", "dislikes"),
        (r"\bgive up\b", "quit"),
        (r"\bgave up\b", "stopped"),
        (r"\b(?:each|every single) (?=day|week|month|year|morning|evening|night)", "every "),
        (r"\bdaily\b", "every day"),
        (r"\bweekly\b", "every week"),
        (r"\bmonthly\b", "every month"),
        (r"\b(?:yearly|annually)\b", "every year"),
        (r"\bon (mon|tues|wednes|thurs|fri|satur|sun)days\b", r"every \1day"),
        (r"\b(?:in|each) the (morning|evening|afternoon)s\b", r"every \1"),
        (r"\bo'clock\b", ""),
        (r"(?<=\d)(?:st|nd|rd|th)\b(?: of\b)?", ""),
        (r"(?<=\d) of (?=jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)", " "),
        (r"\bthe (?=\d)", ""),
        (r"\b(?:have|has) (?=(?:just |already |recently )?\w+ed\b)", ""),
        (r"(?<=\d) ?(am|pm)\b", r" ~\1"),
        (r"(?<=\d) ?a\.m\.?", " ~am"),
        (r"(?<=\d) ?p\.m\.?", " ~pm"),
        (r"\bno longer\b", "not ~ended"),
    )
)
_IRREGULAR = {
    past: verb
    for verb, pasts in (
        pair.split(":")
        for pair in """go:went,gone be:was,were have:had do:did buy:bought get:got,gotten see:saw,seen eat:ate,eaten
        drink:drank,drunk drive:drove,driven fly:flew,flown write:wrote,written give:gave,given take:took,taken
        make:made meet:met sell:sold tell:told say:said find:found lose:lost leave:left win:won begin:began,begun
        break:broke,broken build:built choose:chose,chosen come:came fall:fell,fallen feel:felt grow:grew,grown
        hear:heard hold:held keep:kept know:knew,known learn:learnt lend:lent pay:paid ride:rode,ridden run:ran
        sell:sold send:sent sing:sang,sung sleep:slept speak:spoke,spoken spend:spent stand:stood swim:swam,swum
        teach:taught think:thought throw:threw,thrown understand:understood wake:woke,woken wear:wore,worn
        become:became bring:brought catch:caught hide:hid,hidden steal:stole,stolen owe:owed die:died tie:tied
        """.split()
    )
    for past in pasts.split(",")
}
_TIMES = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december morning afternoon evening night noon midnight spring summer autumn winter
    today tomorrow yesterday weekend weekends day week month year days weeks months years ~am ~pm""".split()
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_TIME_BEFORE = frozenset("in on at since until every this next last".split())
_JOINS = frozenset("and or but when while because if who which that so than".split())
_PREPOSITIONS = frozenset("in on at for with by after before during since from near under until".split())
_QUANTITY = frozenset("all every some most many few several both no any only".split())


@lru_cache(maxsize=4096)
def words(text: str) -> Words:
    """The words of a statement, evened out, in order."""
    folded = unicodedata.normalize("NFKC", plain(text)).replace("’", "'").casefold()
    for pattern, full in _PHRASES:
        folded = pattern.sub(full, folded)
    folded, ended = re.subn(r"\b(?:any ?more|any longer)\b", " ", folded)
    if ended:
        folded = re.sub(r"\bnot\b(?! ~ended)", "not ~ended", folded, count=1)
        folded = folded if "~ended" in folded else f"{folded} ~ended"
    found = figures(_TOKEN.findall(folded))
    if not {"you", "your", "yours", "yourself"} & set(found):
        found = [_YOU.get(word, word) for word in found]
    return tuple(_one(word) for word in found if word not in _DROPPED)


_YOU = {"i": "you", "me": "you", "my": "your", "mine": "yours", "myself": "yourself"}


def _one(word: str) -> str:
    """A word without what only grammar asks for; a past stays a past."""
    word = "be" if word in ("am", "is", "are") else word
    base = _IRREGULAR.get(word)
    if base is not None:
        return _same_words().get(f"{base}~ed", f"{base}~ed")
    if word.endswith("ed") and len(word) > 4 and not word.endswith("eed"):
        stem = word[:-2]
        for verb in (stem + "e", stem, stem[:-1]):
            if f"{verb}~ed" in _same_words():
                return _same_words()[f"{verb}~ed"]
    return _same_words().get(word, word)


@cache
def _same_words() -> dict[str, str]:
    """Each word of the list, with the one that stands for its group."""
    lines = (files("sleep") / "data" / "same_words.txt").read_text(encoding="utf-8").splitlines()
    groups = [line.split() for line in lines if line and not line.startswith("#")]
    return {word: group[0] for group in groups for word in group}


@lru_cache(maxsize=4096)
def order(text: str) -> Words:
    """The words in the order that tells who does what to whom."""
    return _paired(_time_last(_fronted_last(words(text))))


def same_order(one: str, other: str) -> bool:
    """Whether two statements have the same words in an order that says the same."""
    first, second = order(one), order(other)
    return first == second or _turned(first) == second


def _fronted_last(found: Words) -> Words:
    """ "For work you use Vim" as "you use Vim for work"."""
    if not found or found[0] not in _PREPOSITIONS or "you" not in found or _JOINS & set(found):
        return found
    at = found.index("you")
    return (*found[at:], *found[:at]) if 1 < at < 5 else found


def _time_last(found: Words) -> Words:
    """The only time of a simple sentence may stand anywhere."""
    runs = [_run(found, at) for at in range(len(found)) if found[at] in _TIMES or found[at][0].isdigit()]
    spans = sorted({run for run in runs if run is not None})
    if len(spans) != 1 or _JOINS & set(found):
        return found
    start, end = spans[0]
    lead = start - 1 if start and found[start - 1] in _TIME_BEFORE else start
    lead = lead - 1 if lead and lead < start and found[lead - 1] in ("on", "in", "at") else lead
    return (*found[:lead], *found[end:], *found[lead:start], *sorted(found[start:end]))


def _run(found: Words, at: int) -> tuple[int, int] | None:
    """The stretch of time words and numbers around a place; None where none of them is a time word."""
    start = end = at
    while start and (found[start - 1] in _TIMES or found[start - 1][0].isdigit()):
        start -= 1
    while end < len(found) and (found[end] in _TIMES or found[end][0].isdigit()):
        end += 1
    return (start, end) if any(word in _TIMES or _YEAR.fullmatch(word) for word in found[start:end]) else None


def _paired(found: Words) -> Words:
    """ "tea and coffee" at the beginning or the end is "coffee and tea"."""
    if found.count("and") != 1 or len(found) < 4:
        return found
    at = found.index("and")
    if at == 1 or at == len(found) - 2:
        first, second = sorted((found[at - 1], found[at + 1]))
        return (*found[: at - 1], first, "and", second, *found[at + 2 :])
    return found


def _turned(found: Words) -> Words:
    """ "Your sister is Ana" as "Ana is your sister"."""
    if found.count("be") != 1 or (_JOINS | _QUANTITY | {"not"}) & set(found):
        return found
    at = found.index("be")
    return (*found[at + 1 :], "be", *found[:at])
