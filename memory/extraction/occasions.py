"""What happens, in words: plans and events as the predicates of clauses, and whether a clause can stand alone."""

import re

PLAN = re.compile(
    r"^(?:be (?:going|flying|travell?ing|moving|visiting|meeting|seeing|starting|getting|having|leaving|taking|running|attending|driving"
    r"|cycling|presenting|hosting|giving|playing|returning|celebrating|defending|changing|switching|coming|staying|turning|graduating"
    r"|marrying|retiring|expecting|hiking|climbing|sailing|throwing|launching|opening|due|planning|about to|booked|scheduled)\b"
    r"|will (?!always\b|never\b|keep that\b)\w+|(?:plan|intend|hope|want|need|have) to\b|fly\b|start\b|leave\b|travel\b|arrive\b"
    r"|have (?:an?|my|the|another|our) (?:[a-z'-]+ ){0,3}(?:appointment|flight|interview|exam|meeting|wedding|concert|deadline|test|surgery"
    r"|operation|trip|date|match|race|presentation|party|train|check-?up|visit|call|reservation|booking|conference|competition|recital)\b"
    r"|(?:have )?(?:booked|scheduled|signed up)\b)",
    re.IGNORECASE,
)
PLAN_THING = re.compile(
    r"^(?:my|our|the) (?:[\w'-]+ ){0,3}(?:appointment|flight|interview|exam|meeting|wedding|concert|deadline|surgery|operation|trip|holiday"
    r"|vacation|race|presentation|party|train|lease|visa|contract|conference|marathon|check-?up|anniversary|recital|graduation|defen[cs]e)"
    r" (?:is|starts|leaves|ends|begins|takes place|expires|runs out|will be|got moved|was moved|is due)\b",
    re.IGNORECASE,
)
INTENT = re.compile(r"^(?:be (?:planning|hoping) (?:to|on)|(?:plan|intend) (?:to|on))\s+\w+", re.IGNORECASE)
PAST = re.compile(
    r"^(?:have |was |were |have just |just )?(?:went|ran|saw|met|bought|sold|got|had|gave|took|lost|found|won|began|broke|built|ate|flew|drove"
    r"|rode|swam|wrote|read|made|left|came|became|taught|sang|spoke|caught|fell|felt|heard|kept|paid|sent|slept|spent|stood|told|threw|wore"
    r"|hurt|cut|quit|was|were|began|grew|hit|put|set|shot|woke|been|done|[a-z]{2,}ed)\b",
    re.IGNORECASE,
)
ARRANGED = re.compile(r"^(?:have )?(?:just )?(?:booked|scheduled|reserved|arranged)\b", re.IGNORECASE)
"""Done already, but the time in it is that of what is to come."""
STATE = re.compile(r"^(?:be|have)\b(?! (?:to|going|about|planning|hoping)\b)", re.IGNORECASE)
MILESTONE = re.compile(
    r"^(?:have )?(?:just |finally |recently )?(?:got (?:promoted|fired|laid off|hired|accepted|my (?:\w+ )?(?:licen[cs]e|degree|results|visa|citizenship))"
    r"|graduated|(?:ran|finished|completed) (?:my|a|the) (?:[\w-]+ )?(?:marathon|half[- ]marathon|triathlon|thesis|degree|PhD|course|book|novel)"
    r"|adopted|had (?:a baby|surgery|an operation|an accident|a miscarriage|our first)|broke (?:my|his|her)|retired|passed (?:my|the|away)|died"
    r"|won (?:a|an|the|first)|bought (?:a|an|our|my) (?:[\w-]+ ){0,2}(?:house|flat|apartment|car|bike|boat|van|piano|guitar)|became (?:a|an)"
    r"|lost (?:my|his|her) (?:job|mother|father|mum|dad|mom|wife|husband|dog|cat)|started (?:a|an|my|learning|taking|playing)|quit|was diagnosed)\b",
    re.IGNORECASE,
)
FEELING = re.compile(
    r"^(?:be|was|were|feel|felt|think|believe|hope|guess|wonder)\b(?! (?:promoted|born|fired|diagnosed|hired))",
    re.IGNORECASE,
)
HAPPENED = re.compile(
    r"^(?:have )?(?:just )?(?:(?:accepted|attended|received|visited|launched|opened|won|sold|passed|failed|joined|bought|ordered|repaired"
    r"|redecorated|remodell?ed|planted) (?:an?|the|my|our|some|(?-i:[A-Z]))"
    r"|(?:signed up|registered|enrol?led|applied) (?:for|in|at|to)|returned from|moved (?:in|out)\b|took up|picked up \w+ing"
    r"|started (?:investing|working out|volunteering|running|swimming|cycling|painting|writing|playing|learning|taking|going to)"
    r"|got (?:an? (?:\w+ )?(?:raise|promotion|offer|bonus|tattoo|diagnosis|scholarship|grant)|back from|engaged|married)"
    r"|proposed to|hired (?:an?|my|our)|met (?:my|the love|an? \w+ (?:called|named)))\b",
    re.IGNORECASE,
)
"""Things that people do seldom enough to be worth keeping without a day."""
DECIDED = re.compile(r"^(?:have )?(?:just |finally )?decided (?:to (?!be honest)\w+|on \w+)", re.IGNORECASE)

_POINTS_ELSEWHERE = re.compile(
    r"\b(?:this|these|those|such|that)(?! (?:year|month|week|weekend|morning|afternoon|evening|summer|autumn|fall|winter|spring|time|day|is|was|I"
    r"|my|he|she|we|they|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august"
    r"|september|october|november|december|christmas|easter|days)\b)(?= [a-z])|\b(?:it|them)\b",
    re.IGNORECASE,
)
_NAMED_BEFORE = re.compile(
    r"\b(?:my|our|an?|the|some|[A-Z][\w'-]+|\d+)\s+[a-z]{3,}|[,;:]|(?<!^)\b[A-Z][a-z]+|\b(?:and|that)\b"
)
MOST_UNDATED = 14
"""Words of an intention without a day, a name or a number: what is longer is an essay on good intentions."""


def stands_alone(text: str) -> bool:
    """Whether a clause says by itself what it is about: "I plan to use it wisely" does not."""
    match = _POINTS_ELSEWHERE.search(text)
    return match is None or bool(_NAMED_BEFORE.search(text[: match.start()].split(" ", 1)[-1]))


def concrete(text: str) -> bool:
    """Whether an intention is short, or names something."""
    return len(text.split()) <= MOST_UNDATED or bool(re.search(r"\d|(?<!^)\b(?!I\b)[A-Z]\w+", text))
