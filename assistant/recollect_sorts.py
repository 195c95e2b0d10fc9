"""Sorts of answers: how a question asks for one, and what a sentence with such a thing in it looks like.

A sort is what makes a sentence on the right topic no answer: "How old is Megan?" needs an age, however much was said
of Megan. The patterns of what is asked come in an order: the first that matches counts.
"""

import re

from assistant.recollect_people import KIN_PATTERN
from memory.extraction.lexicon import COLOURS, DEMONYMS, JOBS, NUMBER_WORDS

_NUMBER = rf"(?:\d[\d,.]*|{'|'.join(NUMBER_WORDS)}|dozen|couple|half|both|no|zero)"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_CAPITAL = r"(?-i:[A-ZÀ-Þ][\w'’-]+)"
_TRADES = "|".join(sorted(JOBS, key=len, reverse=True))


def _any(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_COUNT = _any(rf"\b{_NUMBER}\b|\b(?:twins?|only child|single|first|eldest|all|every)\b")
_TIME = _any(
    rf"\b(?:\d{{1,2}}(?::\d{{2}})?\s?(?:am|pm)|\d{{1,2}}[:.]\d{{2}}|(?:19|20)\d{{2}}|\d+(?:st|nd|rd|th)|{_DAY}|{_MONTH}|to(?:day|morrow|night)"
    r"|yesterday|noon|midnight|mornings?|evenings?|nights?|weekends?|weeks?|months?|years?|spring|summer|autumn|fall|winter|ago|christmas"
    rf"|easter|o['’]clock|daily|since|always|(?:at|before|after|until) (?:about |around )?{_NUMBER})\b"
)
_PLACE = _any(
    rf"\b(?:in|at|to|from|near|on|into|around|outside|by|under|behind|inside|off|round|over|through)\s+(?:the\s+|my\s+|a\s+|an\s+|our\s+)?(?!{_MONTH}\b|{_DAY}\b|\d)\w+"
    r"|\b(?:up|down|home|abroad|next door|downstairs|upstairs|away)\b"
)
_PROPER_PLACE = _any(
    rf"\b(?:in|at|to|from|near|outside|around|off|on|of|leave|left|visit|see|love|via)\s+(?:the\s+)?{_CAPITAL}|^[^A-Z]*\b(?:in|at|to|from|near|outside|off|leave|left|visit|see|love)\s+(?!{_MONTH}\b|{_DAY}\b|\d|the\b|my\b|a\b)\w+"
)
PERSON = _any(
    rf"\b(?:{KIN_PATTERN})s?\b|\b(?:{_TRADES})s?\b|\b(?:mrs?|ms|dr|prof|boys?|girls?|kids?|parents?|family|grand\w+|guys?|man|woman|lad|lass|chap|mates?|ex|someone|everyone|nobody|friends|alone|on my own|myself)\b"
)
SORTS: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = (
    (
        "surname",
        _any(r"\b(?:surname|last name|family name|maiden name)\b"),
        _any(rf"\b(?:surname|last name|family name|maiden name|née)\b|{_CAPITAL}\s+{_CAPITAL}"),
    ),
    ("middle name", _any(r"\bmiddle name\b"), _any(r"\bmiddle name\b")),
    (
        "nickname",
        _any(r"\bnickname\b"),
        _any(r"\bnickname|\bcalls? me\b|\bknown as\b"),
    ),
    (
        "name",
        _any(
            r"\bnames?\b(?! tag| badge)|\b(?:what|how)\b.*\b(?:called|call (?:him|her|it|them|our|my|the))\b|\btitle of\b"
            rf"|\bwho(?:['’]?s| is| was| are) (?:my|our|the) (?!favou?rite)(?:[\w-]+ )?(?:{KIN_PATTERN}|{_TRADES})s?\W*$"
        ),
        _any(rf"{_CAPITAL}|\b(?:called|named|name|call)\b|^[^A-Z]*$"),
    ),
    (
        "birthplace",
        _any(r"\bwhere\b.*\bborn\b|\bbirthplace\b|\bplace of birth\b"),
        _any(r"\bborn\b|\bbirth\w*\b|\bnative of\b"),
    ),
    (
        "birthday",
        _any(r"\bbirth ?day\b|\bdate of birth\b|\b(?:when|what (?:day|year|date|month)|which \w+)\b.*\bborn\b"),
        _any(r"\bbirth ?day\b|\bborn\b|\bturn(?:s|ed|ing)?\s+\w+|\bbirth\b"),
    ),
    (
        "anniversary",
        _any(r"\b(?:when|what (?:day|year|date)|which (?:day|year))\b.*\b(?:marry|married|wed)\b|\banniversary\b"),
        _any(
            rf"(?=.*\b(?:wed\w*|marri\w+|anniversary|honeymoon)\b)(?=.*(?:{_MONTH}|\d|{_DAY}|ago|year|spring|summer))"
        ),
    ),
    (
        "age",
        _any(r"\bhow old\b|\b(?:my|his|her|their|['’]s) age\b|\bage of\b|\bwhat age\b"),
        _any(
            rf"\b(?:is|am|are|i['’]?m|he['’]?s|she['’]?s|turn(?:s|ed|ing)?|aged?|be|nearly|almost|just|now) (?:just |only |nearly |almost |about |now )?{_NUMBER}(?:-{_NUMBER})?\b(?! (?:{_MONTH}|\w+s\b|of|am|pm|in the|o['’]clock))"
            rf"|\b{_NUMBER}(?:[- ]{_NUMBER})?[- ](?:years?|yrs?)[- ]old\b|\b(?:has|have|of) {_NUMBER} years\b|\byears old\b|\bborn (?:in|on) |, {_NUMBER}(?:-{_NUMBER})?(?=[,.]|$)"
        ),
    ),
    (
        "height",
        _any(r"\bhow tall\b|\b(?:my|his|her|['’]s) height\b"),
        _any(r"\b\d[\d.,]* ?(?:m|cm|metres?|meters?|ft|feet|foot|inch(?:es)?)\b|\d['’′]|\b(?:tall|feet|foot)\b"),
    ),
    (
        "weight",
        _any(r"\bweigh(?:t|s|ed|ing)?\b|\bhow heavy\b"),
        _any(r"\bweigh\w*\b|\b[\w.]+ ?(?:kg|kilos?|stone|pounds|lbs?)\b"),
    ),
    (
        "size",
        _any(r"\b(?:what|which) (?:\w+ )?size\b|\b\w+ size\b|\bsize (?:are|is)\b"),
        _any(rf"\bsize\b|\b{_NUMBER}\b|\b(?:small|medium|large|xl)\b"),
    ),
    (
        "blood",
        _any(r"\bblood (?:type|group)\b"),
        _any(r"\bblood (?:type|group)\b|(?-i:\b(?:A|B|AB|O)\b)(?: ?[+-]| positive| negative)"),
    ),
    ("email", _any(r"\be-?mail(?: address)?\b"), _any(r"@|\be-?mail\b")),
    (
        "number",
        _any(
            r"\b(?:phone|mobile|cell|telephone|account|membership|passport|policy|id|ID|student|flat|house|room|plot|locker|bus|licen[cs]e) (?:id )?(?:number|plate)\b|\bnumber of my\b|\b(?:code|pin|password|combination|licen[cs]e plate|plate)\b"
        ),
        _any(r"\b\w*\d[\w-]*\b|\b(?:code|pin|password|plate|number)\b"),
    ),
    (
        "money",
        _any(
            r"\bhow much (?:money|(?:do|did|does|will|was|is|are|am|have|has|would|should) (?:\w+ ){0,5}?(?:pay|paid|earn\w*|cost|owe|owed|save|saved|make|spend|spent|charge|borrow\w*|lend|lent|get paid|put (?:away|by|aside)|rent|salary|worth|sell|sold|bill|fine|repair|ticket|house|mortgage))\b"
            r"|\bhow much (?:was|is|were|are) (?:my|our|the|your)\b|\bsalary\b|\b(?:my|our) (?:rent|mortgage|pension|income|wage|budget)\b(?!.*\bwho\b)|\bwhat did \w+(?: \w+){0,2} (?:cost|pay|sell for)\b|\bhow (?:high|big|expensive|large) (?:is|was|are)\b|\bprice\b|\bsell for\b|\bhow much\b.*\b(?:rent|housing|salary|heating|mend)\b"
        ),
        _any(
            rf"[$£€¥]\s?\d|\b{_NUMBER}(?:[- ]{_NUMBER})*\s?(?:k|grand|quid|bucks|dollars?|pounds?|euros?|cents|pence|thousand|million|a (?:month|week|year))\b|\b\d{{3,}}\b|\bfree\b"
        ),
    ),
    (
        "often",
        _any(r"\bhow (?:often|many times|frequently|regularly)\b"),
        _any(
            rf"\bevery\b|\b(?:daily|weekly|monthly|once|twice|thrice|never|always|rarely|sometimes|often|hardly ever|each|on {_DAY}|{_DAY})\b|\b{_NUMBER} times\b|\b(?:a|per) (?:day|week|month|year)\b"
        ),
    ),
    (
        "long",
        _any(r"\bhow (?:long|fast|quickly)\b"),
        _any(
            rf"\b(?:{_NUMBER}|a few|several|a|an|many|long) (?:\w+ )?(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|decades?)\b|\bsince\b|\b\d{{4}}\b|\bago\b|\bwhole life\b|\ball my life\b"
        ),
    ),
    (
        "far",
        _any(r"\bhow (?:far|deep|high)\b"),
        _any(r"\b\w+ ?(?:km|miles?|m|metres?|meters?|kilomet\w+|yards?|minutes?|lengths?|feet)\b"),
    ),
    ("count", _any(r"\bhow many\b|\bwhat number\b|\bwhat score\b|\bhow much\b"), _COUNT),
    ("colour", _any(r"\bcolou?rs?\b"), _any(rf"\b(?:{'|'.join(COLOURS)}|blond\w*|dark|ginger|pale|light)\b")),
    (
        "favourite",
        _any(r"\bfavou?rite\b|\b(?:like|love|enjoy|admire) (?:the )?(?:most|best)\b"),
        _any(
            r"\bfavou?rite|\bbest\b|\blov(?:e|es|ing)\b|\badore|\bgreatest\b|\bmost\b|\bprefer\b|\bfan of\b|\bobsess|\binto\b|\bmad about\b|\bcrazy about\b|\bmy team\b|\bcan['’]t get enough|\bnothing beats\b|\bheaven\b|\blike\b|\benjoy|\bsupport\b|\bswear by\b|\bpartial to\b|\bcan['’]t resist"
        ),
    ),
    (
        "language",
        _any(
            r"\b(?:what|which) (?:\w+ )?languages?\b|\b(?:mother|native) (?:tongue|language)\b|\blanguages? (?:do|can|am)\b"
        ),
        _any(
            rf"\b(?:{'|'.join(sorted(DEMONYMS))}|mandarin|cantonese|hindi|urdu|gujarati|latin|swahili|bilingual|trilingual|fluent|sign language|languages?)\b"
        ),
    ),
    (
        "trade",
        _any(
            r"\b(?:do|does|did|doing)\b.*\bfor (?:a living|work|a job)\b|\bmy (?:position|role|job title|title)\b(?: at\b|\W*$)|\b(?:job|profession|occupation|career|trade|line of work)\b(?! (?:in|at|offer))|['’]s work\W*$|\bwork as\b|\bwhat do(?:es)? (?:my |i |[A-Z])[\w'’ -]*\bdo\W*$|\bwhat did (?:my |i )[\w'’ -]*\b(?:do|work as)\W*$"
        ),
        _any(
            rf"\b(?:{_TRADES})s?\b|\b(?:work(?:s|ed|ing)?|job|retired|employed|career|runs?|teach(?:es|ing)?|taught|teaching|owns?|business|trade|unemployed|drives?|farms?|ran|studying|trained|promoted|promotion|postman|self-employed|freelance\w*|joined|shop|company|firm)\b|\b(?:is|was|am|been|['’](?:m|s)|as) (?:an?|the) (?:[\w-]+ ){{0,2}}\w+(?:er|or|ist|ian|man|ant)\b"
        ),
    ),
    (
        "town",
        _any(
            r"\b(?:what|which) (?:\w+ )?(?:city|town|village|country|state|place|area|district|street|suburb|neighbou?rhood|island|part of (?:the |town))\b|\bhome ?town\b|\bbirthplace\b"
        ),
        _PROPER_PLACE,
    ),
    (
        "when",
        _any(
            r"\b(?:when|what (?:time|day|date|year|month|season)|which (?:\w+ )?(?:day|days|month|year|season|date|weekday)|on (?:what|which) days?|at what)\b"
        ),
        _TIME,
    ),
    ("why", _any(r"\bwhy\b|\bwhat(?:['’]s| is) the reason\b"), _any(r"\w")),
    ("who", _any(r"\b(?:who|whom|whose|who['’]s|whos)\b"), PERSON),
    ("where", _any(r"\bwhere\b|\bwhereabouts\b"), _PLACE),
)
"""For each sort how a question asks for it, and what a sentence with such a thing in it looks like. The first counts."""


FITS = {name: pattern for name, _, pattern in SORTS}

SPOKEN_FOR = {
    "surname": _any(r"\b(?:surname|last name|family name|maiden name)\b"),
    "middle name": _any(r"\bmiddle name\b"),
    "age": _any(r"\bhow old\b|\bage\b"),
    "height": _any(r"\bhow tall\b|\bheight\b"),
    "weight": _any(r"\bhow heavy\b"),
    "often": _any(r"\bhow (?:often|many times|frequently|regularly)\b"),
    "long": _any(r"\bhow (?:long|fast|quickly)\b"),
    "far": _any(r"\bhow (?:far|deep|high)\b"),
    "trade": _any(
        r"\bfor (?:a living|work|a job)\b|\b(?:old |current )?(?:job|profession|occupation|career|trade|line of work)\b|['’]s work\b|\bwork as\b"
    ),
    "town": _any(r"\b(?:city|town|village|country|place|area|district|state)\b"),
    "when": _any(r"\b(?:what|which) (?:time|day|days|date|weekday|year|month)(?: of (?:day|the week))?\b"),
    "money": _any(r"\bhow (?:much|high|big)(?: money)?\b"),
    "count": _any(r"\bhow (?:many|much)\b"),
    "colour": _any(r"\bcolou?r\b"),
    "number": _any(r"\bnumber\b"),
    "birthplace": _any(r"\bborn\b|\bbirthplace\b|\bplace of birth\b"),
    "birthday": _any(r"\bborn\b|\bbirth ?day\b|\bdate of birth\b"),
    "language": _any(r"\blanguages?\b"),
    "favourite": _any(r"\bfavou?rite\b|\bmost\b|\bbest\b"),
}
"""The words of a question that its sort stands for: in "how old is Megan" an answer need not say *old*."""

STRICT = frozenset(
    "surname|middle name|nickname|name|birthplace|birthday|anniversary|age|height|weight|size|blood|email|number|money|often|count"
    "|long|far|colour|favourite|language|who".split("|")
)
"""Sorts whose patterns are sure enough that a sentence without one is no answer."""
OF_SOMETHING = frozenset(
    "surname|name|birthday|age|height|weight|size|number|money|often|long|far|count|colour".split("|")
)
"""Sorts that are worth nothing without what they belong to: a number is no answer unless it is of the right thing."""
