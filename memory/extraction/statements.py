"""Plain statements about oneself, found by patterns over clauses, each kept with its verbatim quote.

A pattern says what a clause must look like as a whole; what does not match is missed, which is the better mistake. The
memory's text is the clause itself in the second person, so that nothing can be said that was not.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from memory.extraction.clauses import Clause, clauses
from memory.extraction.dates import When, find_when
from memory.extraction.slots import RELATIONS, favourite_slot, relation_slot
from memory.extraction.voice import second_person
from memory.types import Kind, Message, NewMemory, Sensitivity, Source

_REL = "|".join(sorted(map(re.escape, RELATIONS), key=len, reverse=True))
_LEAD = (
    r"(?i:(?:well|so|oh|ah|ok|okay|actually|also|and|but|yes|yeah|yep|no|btw|by the way|hi|hello|hey|anyway|honestly|now"
    r"|currently|these days|nowadays|fyi|just so you know|in fact|for the record|to be honest|please|remember that|note that|please remember that|note|remember"
    r"|don['’]t forget that|unfortunately|luckily|sadly|happily|finally|recently|today|good news"
    r"|as you know|reverie|there|thanks|as of (?:today|now)|since (?:last )?\w+)[,:!]?\s+)*"
)
_ADVERB = r"(?:(?:really|absolutely|also|just|still|now|currently|actually|always|usually|recently|both|totally|truly|finally|officially|mostly|especially|only|definitely|generally|quite|simply)\s+)*"
_I_AM = r"I(?:['’]m| am)\s+"
_I_HAVE = r"I(?:['’]ve| have)?\s+"
_PLACE = r"(?P<v>[A-Z][\w.'’-]*(?:(?:,?\s+|-)(?:(?:of|de|la|le|los|las|el|upon|del|do|da|am|an der|sur|the|and)\s+)?[A-Z][\w.'’-]*)*)"
_NAME = r"(?P<v>[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+){0,2})"
_ORG = r"(?P<v>(?:the\s+|a\s+|an\s+)?[A-Z0-9][\w&.'’-]*(?:\s+(?:(?:of|and|for|the|&)\s+)?[A-Z0-9][\w&.'’-]*)*)"
_END = r"(?=$|[\s,.(])"
_REST = r"(?P<rest>.*)$"

_JOB = (
    r"(?P<v>(?:[a-z-]+\s+){0,3}?(?:nurse|doctor|surgeon|physician|midwife|vet|veterinarian|dentist|teacher|professor|lecturer|tutor"
    r"|engineer|developer|programmer|designer|architect|scientist|researcher|analyst|consultant|accountant|auditor|lawyer|solicitor"
    r"|barrister|attorney|paralegal|judge|journalist|reporter|writer|author|novelist|editor|translator|interpreter|librarian|archivist"
    r"|chef|cook|baker|barista|waiter|waitress|bartender|butcher|farmer|gardener|florist|carpenter|plumber|electrician|mechanic|welder"
    r"|painter|musician|singer|violinist|cellist|pianist|drummer|actor|actress|dancer|photographer|filmmaker|illustrator|animator"
    r"|pilot|driver|conductor|sailor|captain|firefighter|paramedic|police officer|officer|soldier|guard|detective|manager|director"
    r"|secretary|receptionist|assistant|administrator|clerk|cashier|salesperson|shopkeeper|entrepreneur|founder|banker|broker|trader"
    r"|economist|statistician|mathematician|physicist|chemist|biologist|geologist|astronomer|historian|linguist|philosopher"
    r"|psychologist|psychiatrist|therapist|physiotherapist|counsellor|counselor|social worker|pharmacist|optician|radiographer"
    r"|technician|beekeeper|sculptor|potter|tailor|hairdresser|barber|beautician|coach|trainer|instructor|student|intern|apprentice"
    r"|freelancer|landscaper|surveyor|realtor|recruiter|marketer|copywriter|data scientist|product manager|project manager|postman"
    r"|courier|cleaner|janitor|locksmith|jeweller|curator|zookeeper|ranger|fisherman|luthier|glassblower|bookbinder|stonemason))"
)
_PHONE = r"(?P<v>(?:(?:Apple|Google|Samsung|Nokia|Sony|OnePlus|Motorola|Xiaomi|Huawei|Fairphone)\s+)?(?:iPhone|Pixel|Galaxy|Fairphone|Nokia|Xperia|OnePlus|Moto|Redmi|Nothing Phone)(?:\s+[A-Z0-9][\w+-]*)*)"
_DIET = r"(?P<v>(?:a\s+)?(?:strict\s+)?(?:vegan|vegetarian|pescatarian|pescetarian|flexitarian|coeliac|celiac|diabetic|lactose[- ]intolerant|gluten[- ]intolerant|gluten[- ]free|teetotal(?:ler)?))"
_THING = r"(?P<v>(?!(?:it|this|that|these|those|them|him|her|you|your|how|what|when|where|to know|to say|the way|the idea|the sound|the look)\b)[^,.;!?]{2,80})"
_FUTURE_WORDS = r"(?:going|flying|travell?ing|moving|visiting|meeting|seeing|starting|getting|having|leaving|taking|running|attending|driving|cycling|presenting|hosting|giving|playing|returning|celebrating|defending|changing|switching|booked)"
_PAST_VERB = (
    r"(?:went|ran|saw|met|bought|sold|got|had|gave|took|lost|found|won|began|broke|built|ate|flew|drove|rode|swam|wrote|read|made|left"
    r"|came|became|taught|sang|spoke|caught|fell|felt|heard|kept|paid|sent|slept|spent|stood|told|thought|threw|wore|hurt|cut|quit|[a-z]{3,}ed)"
)


@dataclass(frozen=True)
class Found:
    """What a pattern makes of a clause."""

    kind: Kind
    slot: str | None = None
    value: str | None = None
    sensitive: bool = False
    confidence: float = 0.9
    over: bool = False
    """What used to be so, and is not any more."""


Make = Callable[[re.Match[str]], Found | None]


def _fill(slot: str, kind: Kind = Kind.FACT, *, sensitive: bool = False) -> Make:
    return lambda m: Found(kind, slot, _value(m["v"]), sensitive)


def _value(text: str) -> str:
    words = re.sub(
        r"\s+(?:and|but|now|too|as well|any ?more|at the moment|these days|actually|though|since|for|with|because|which|who|where|when|so|lately)\b.*$",
        "",
        text,
    )
    return re.sub(r"^(?:the|a|an)\s+(?=[a-z])", "", words.strip(" .,!'’"))


def _not_a_person(match: re.Match[str]) -> bool:
    """Capitalised words after "I'm" that are no names: nationalities, faiths, the beginning of a sentence."""
    return bool(
        re.search(
            r"(?:ish|ese|ican|ian|ean|ist|ern|ic|i|an|Muslim|French|Dutch|Greek|Czech|Thai|Swiss|Jewish|Sorry|Fine|Glad|Happy|Here|Back)$",
            match["v"],
        )
    )


def _name(match: re.Match[str]) -> Found | None:
    return None if _not_a_person(match) else Found(Kind.FACT, "name", match["v"])


def _rejection(match: re.Match[str]) -> Found:
    return Found(Kind.REJECTION, None, _value(match["v"]))


def _relation(match: re.Match[str]) -> Found:
    return Found(Kind.RELATIONSHIP, relation_slot(match["rel"]), _value(match["v"]))


def _favourite(match: re.Match[str]) -> Found:
    return Found(Kind.PREFERENCE, favourite_slot(match["thing"].strip()), _value(match["v"]))


def _preference(match: re.Match[str]) -> Found:
    return Found(Kind.PREFERENCE, None, _value(match["v"]))


def _kept(kind: Kind, slot: str | None = None) -> Make:
    return lambda m: Found(kind, slot, None)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"^{_LEAD}{text}")


# The first that matches decides; the more special come first.
_ABOUT_ONESELF: tuple[tuple[re.Pattern[str], Make], ...] = tuple(
    (_pattern(text), make)
    for text, make in (
        # what is no more
        (rf"I {_ADVERB}(?:no longer|don['’]t|do not) (?:live|stay) in {_PLACE}(?: any ?more)?", lambda m: Found(Kind.FACT, "home_city", m["v"], over=True)),
        (rf"I {_ADVERB}(?:no longer|don['’]t|do not) work (?:at|for|with) {_ORG}(?: any ?more)?", lambda m: Found(Kind.FACT, "employer", _value(m["v"]), over=True)),
        (rf"I(?:['’]ve)? {_ADVERB}(?:quit|left) (?:my job at |my job with |my position at )?{_ORG}$", lambda m: Found(Kind.FACT, "employer", _value(m["v"]), over=True)),
        (rf"I {_ADVERB}(?:used to live|lived|grew up and lived) in {_PLACE}", lambda m: Found(Kind.FACT, "home_city", m["v"], over=True)),
        (rf"I {_ADVERB}(?:used to work|worked) (?:at|for) {_ORG}", lambda m: Found(Kind.FACT, "employer", _value(m["v"]), over=True)),
        (r"I used to (?P<v>.+)", lambda m: Found(Kind.FACT, None, None, over=True)),
        (rf"I {_ADVERB}(?:no longer|don['’]t|do not) (?:eat|drink|have|take|like|use|smoke|drive|play|want|watch|wear)\b(?P<v>.*?)(?:\s+any ?more)?$", lambda m: _rejection(m) if ("no longer" in m[0] or re.search(r"any ?more$", m[0])) else Found(Kind.CONSTRAINT, None, None) if re.search(r"(?:eat|drink|have|smoke)\b", m[0]) and m["v"].strip() and not re.match(r"\s*(?:to|a clue|an? idea|time|enough|much|any idea)\b", m["v"]) else None),
        (rf"I(?:['’]ve)? {_ADVERB}(?:stopped|quit|gave up|given up) (?P<v>\w+ing\b.*|alcohol|coffee|sugar|meat|dairy|smoking|cigarettes|caffeine|gluten|bread)$", _rejection),
        (rf"I(?:['’]ve)? {_ADVERB}decided (?:against|not to) (?P<v>.+)$", _rejection),
        (rf"I(?:['’]m| am) {_ADVERB}not (?:buying|getting|taking|going to (?:buy|get|take)) (?P<v>.+?)(?: any ?more| after all)$", _rejection),
        (rf"I(?:['’]ve)? {_ADVERB}turned down (?P<v>.+)$", _rejection),
        # place
        (rf"{_I_AM}{_ADVERB}(?:living|based|settled) (?:in|at|near|outside) {_PLACE}", _fill("home_city")),
        (rf"I {_ADVERB}(?:live|reside) (?:with .{{1,30}}? )?(?:in|at|near|outside)(?: the (?:city|town|village|centre|center|suburbs|outskirts) of)? {_PLACE}", _fill("home_city")),
        (rf"(?:{_I_HAVE}|We(?:['’]ve| have)?\s+){_ADVERB}(?:moved|relocated)(?: back)?(?: from [A-Z][\w'’ -]+?)?(?: back)? to {_PLACE}", _fill("home_city")),
        (rf"(?:My|my) (?:new )?(?:home|flat|apartment|house|place) is (?:now )?in {_PLACE}", _fill("home_city")),
        (rf"{_I_AM}{_ADVERB}(?:originally )?from {_PLACE}", _fill("origin")),
        (rf"I {_ADVERB}(?:come from|grew up in|was raised in) {_PLACE}", _fill("origin")),
        (rf"I was born (?:and raised )?in {_PLACE}", _fill("birthplace")),
        # work
        (rf"I {_ADVERB}work as (?:an?|the) {_JOB}{_END}", _fill("job")),
        (rf"(?:{_I_HAVE}){_ADVERB}(?:become|became|retrained as|got promoted to|been promoted to) (?:an?\s+)?{_JOB}{_END}", _fill("job")),
        (rf"{_I_AM}{_ADVERB}(?:an?|the) {_JOB}{_END}(?!\s+(?:at heart|of sorts|fan))", _fill("job")),
        (rf"I {_ADVERB}(?:work|am working|teach|am employed) (?:[a-z ]{{0,20}})?(?:at|for|with) {_ORG}", _fill("employer")),
        (rf"{_I_AM}{_ADVERB}(?:working|employed|starting) (?:[a-z ]{{0,20}})?(?:at|for|with|by) {_ORG}", _fill("employer")),
        (rf"(?:{_I_HAVE}){_ADVERB}(?:joined|started (?:working )?(?:at|for|with)|got (?:a|the) (?:new )?job (?:at|with)|changed jobs (?:and|to)|switched to working (?:at|for)) {_ORG}", _fill("employer")),
        (rf"(?:My|my) (?:new |current )?(?:employer|company) is(?: called)? {_ORG}", _fill("employer")),
        (rf"(?:My|my) (?:new |current )?(?:job|profession|occupation) is (?:an? )?{_JOB}", _fill("job")),
        # who
        (rf"(?:My|my) (?:full |first )?name(?:['’]s| is) {_NAME}", _fill("name")),
        (rf"{_I_AM}called {_NAME}", _fill("name")),
        (rf"{_I_AM}(?P<v>[A-Z][a-zà-ÿ'’-]+)$", _name),
        (r"(?:My|my) birthday(?:['’]s| is) (?:on )?(?P<v>(?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)? [A-Z][a-z]+(?:,? \d{4})?|[A-Z][a-z]+ \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?)", _fill("birthday")),
        (r"I was born (?:on|in) (?:the )?(?P<v>\d{1,2}(?:st|nd|rd|th)?(?: of)? [A-Z][a-z]+(?:,? \d{4})?|[A-Z][a-z]+ \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?|(?:19|20)\d{2})", _fill("birthday")),
        (rf"(?:{_I_AM}|I (?:just )?turned )(?P<v>\d{{1,3}})(?: years old)?$", _fill("age")),
        # things
        (rf"(?:{_I_HAVE}|I )(?:{_ADVERB})(?:have|use|got|bought|own|upgraded to|switched (?:from .{{1,30}} )?to)?\s*(?:an?|my|the)?\s*(?:new |old |used )?{_PHONE}", _fill("phone_model")),
        (rf"(?:My|my) (?:new )?(?:phone|smartphone|mobile) is (?:now )?(?:an? )?{_PHONE}", _fill("phone_model")),
        (r"I (?:now )?drive (?:an? )?(?:old |new |used )?(?P<v>(?:[a-z]+ )?[A-Z][\w-]+(?: [A-Z0-9][\w-]*)*)", _fill("car")),
        (r"(?:My|my) (?:new )?car is (?:an? )?(?P<v>.+)$", _fill("car")),
        # health and food
        (rf"{_I_AM}{_ADVERB}(?:severely |deadly |mildly |slightly |highly )?allergic to (?P<v>[^,.;]+)", _fill("allergy", Kind.CONSTRAINT, sensitive=True)),
        (r"I(?:['’]ve| have)(?: got)? an? (?:severe |mild |bad )?(?P<v>[\w -]+?) allergy", _fill("allergy", Kind.CONSTRAINT, sensitive=True)),
        (rf"{_I_AM}{_ADVERB}(?:a )?{_DIET}{_END}", _fill("diet", Kind.CONSTRAINT, sensitive=True)),
        (rf"I(?:['’]ve)? (?:recently |just )?(?:went|gone|became|become|turned) {_DIET}{_END}", _fill("diet", Kind.CONSTRAINT, sensitive=True)),
        (r"I (?:can['’]t|cannot|can not|must not|mustn['’]t|never|don['’]t|do not) (?:eat|drink|tolerate|have) (?P<v>(?!(?:to|it|that|this|much|enough|time|breakfast|lunch|dinner|anything|a clue)\b)[^,.;]+)", _fill("avoids", Kind.CONSTRAINT)),
        # people and pets
        (rf"(?:My|my|Our|our) (?:(?:older|younger|elder|little|big|best|oldest|youngest|new|old|late|twin|eldest)\s+)?(?P<rel>{_REL})(?:['’]s name)? (?:is|was|['’]s) (?:called |named )?{_NAME}$", _relation),
        (rf"(?:My|my|Our|our) (?:(?:older|younger|elder|little|big|best|oldest|youngest|new|old|late|twin|eldest)\s+)?(?P<rel>{_REL}) (?:is|was) (?:called|named) {_NAME}", _relation),
        (rf"(?:{_I_AM}|We(?:['’]re| are) )(?P<rel>married|engaged|dating)(?: to)? {_NAME}", lambda m: Found(Kind.RELATIONSHIP, "partner_name", _value(m["v"]))),
        (rf"(?:(?:{_I_HAVE}|We(?:['’]ve| have)? ){_ADVERB}(?:have|has|got|adopted|bought|rescued|own|keep)?|(?:There['’]s)) ?(?:an?|one|my|our) (?:[a-z-]+ ){{0,3}}?(?P<rel>{_REL})(?: [a-z ]{{1,20}}?)?,? (?:called|named|whose name is) {_NAME}", _relation),
        # tastes
        (r"(?:My|my) (?:all-time |absolute )?favou?rite (?P<thing>[a-z]+(?: [a-z]+)?) (?:is|are|has always been|was always) (?P<v>[^,.;]+)", _favourite),
        (rf"I {_ADVERB}(?:love|like|enjoy|adore|prefer|hate|dislike|detest|loathe|can['’]t stand|cannot stand|don['’]t like|do not like|don['’]t enjoy)\s+{_THING}", _preference),
        (rf"{_I_AM}{_ADVERB}(?:into|fond of|crazy about|obsessed with|a (?:big|huge) fan of|not (?:a fan of|into|keen on)|keen on|afraid of|scared of|terrified of) {_THING}", _preference),
        # habits and abilities
        (rf"I {_ADVERB}(?:play|speak|study|collect|practise|practice|volunteer|teach|coach|sing|bake|brew|run every|go (?:running|swimming|climbing|hiking|cycling|dancing))\b {_REST}", _kept(Kind.FACT)),
        (rf"{_I_AM}{_ADVERB}(?:learning|studying|training for|writing|building|renovating|restoring|saving for) {_REST}", _kept(Kind.FACT)),
        (r"I(?:['’]ve| have)(?: got)? (?P<n>two|three|four|five|six|\d{1,2}|an?|no) (?:[a-z-]+ ){0,2}?(?P<what>kids?|children|child|sons?|daughters?|siblings|brothers?|sisters?|cats?|dogs?|chickens|horses?|goats|fish|rabbits|bikes?|cars?|tattoos?|grandchildren)\b", _kept(Kind.FACT)),
        (r"I wear (?:size|a size|shoe size)(?P<v>.*)$", _kept(Kind.FACT, "shoe_size")),
    )
)  # fmt: skip

_WISH_OF_ANSWERS = re.compile(
    r"^(?:please,?\s+|from now on,?\s+|in (?:the )?future,?\s+)*(?:(?P<strong>always|never)\s+)?(?:please\s+)?"
    r"(?:answer|reply|respond|write|speak|keep (?:it|your|answers|replies|responses)|give me|explain|address me|format|use|don['’]t use|avoid)\b"
    r"(?P<rest>.+)$",
    re.IGNORECASE,
)
_ABOUT_ANSWERS = re.compile(
    r"\b(?:answers?|repl(?:y|ies)|respon\w+|sentences?|bullet|units?|metric|celsius|emoji\w*|jargon|formal\w*|informal\w*|short|brief\w*"
    r"|concise\w*|language|english|german|french|spanish|simple words|lists?|markdown|first name)\b",
    re.IGNORECASE,
)
_PLAN = re.compile(
    rf"^{_LEAD}(?:(?:I|We)(?:['’]m| am|['’]re| are) {_ADVERB}(?:{_FUTURE_WORDS}|going to|planning to|about to)\b|(?:I|We)(?:['’]ll| will)\b"
    rf"|I(?:['’]ve| have)(?: got)? (?:an?|my|the|another) (?:[a-z-]+ ){{0,3}}(?:appointment|flight|interview|exam|meeting|wedding|concert|deadline|test|surgery|trip|date|match|race|presentation|party|train|check-?up)\b"
    rf"|(?:My|Our|my|our) (?:[a-z-]+ ){{0,3}}(?:appointment|flight|interview|exam|meeting|wedding|concert|deadline|surgery|trip|holiday|vacation|race|presentation|party|train|lease) (?:is|starts|leaves|ends|begins|takes place)\b"
    rf"|I (?:plan|intend|want|hope|need|have) to\b|I fly\b|I start\b|I leave\b)",
)
_EVENT = re.compile(rf"^{_LEAD}(?:I|We)(?:['’]ve| have| was| were)? {_ADVERB}{_PAST_VERB}\b")

_THEIR = re.compile(
    rf"^{_LEAD}(?P<who>(?:[Mm]y|[Oo]ur) (?:(?:older|younger|elder|little|big|best|oldest|youngest|new|old|late|twin|eldest)\s+)?(?P<rel>{_REL})"
    rf"(?:,?\s+(?P<name>[A-Z][\w'’-]+))?,?)\s+(?P<verb>.+)$"
)
_ABOUT_OTHERS: tuple[tuple[re.Pattern[str], Make], ...] = tuple(
    (re.compile(rf"^{_ADVERB}{text}"), make)
    for text, make in (
        (rf"(?:lives|is living|is based|moved|has moved|relocated)(?: back)? (?:in|to|near) {_PLACE}", _fill("home_city")),
        (rf"(?:works|is working|started|joined|got a job)(?: [a-z ]{{0,20}})?(?: (?:at|for|with))? {_ORG}", _fill("employer")),
        (rf"(?:works as|is|became) (?:an? |the )?{_JOB}{_END}", _fill("job")),
        (r"is (?:severely |deadly |mildly )?allergic to (?P<v>[^,.;]+)", _fill("allergy", Kind.CONSTRAINT, sensitive=True)),
        (r"has an? (?:severe |mild )?(?P<v>[\w -]+?) allergy", _fill("allergy", Kind.CONSTRAINT, sensitive=True)),
        (rf"is (?:a )?{_DIET}{_END}", _fill("diet", Kind.CONSTRAINT, sensitive=True)),
        (r"(?:is|turned|just turned) (?P<v>\d{1,3})(?: years old)?$", _fill("age")),
        (r"(?:loves|likes|enjoys|prefers|hates|dislikes|can['’]t stand|adores|doesn['’]t like) (?P<v>(?!(?:it|that|this|you|me|him|her)\b)[^,.;]{2,80})", _preference),
        (r"(?:plays|studies|collects|speaks|teaches|is studying|is learning|got married|is pregnant|passed away|died|was born|has (?:two|three|four|five|\d+|an?)|birthday is)\b(?P<rest>.*)$", _kept(Kind.RELATIONSHIP)),
    )
)  # fmt: skip


def extract(message: Message) -> tuple[NewMemory, ...]:
    """The statements of a user's message, each with its quote. Nothing from anyone else, or from a broken message."""
    if message.role != "user" or message.status != "complete":
        return ()
    return tuple(_memories(message))


def _memories(message: Message) -> Iterator[NewMemory]:
    taken: set[tuple[str | None, str]] = set()
    for clause in clauses(message.content):
        memory = _of_clause(clause, message)
        if memory is not None and (memory.slot, memory.text) not in taken:
            taken.add((memory.slot, memory.text))
            yield memory


def _of_clause(clause: Clause, message: Message) -> NewMemory | None:
    text = f"I {clause.text}" if clause.shared else clause.text
    when = find_when(text, message.said_at, message.zone, past=bool(_EVENT.match(text)))
    found, subject = _oneself(text), "user"
    if found is None and not clause.shared and (theirs := _somebody(text)):
        found, subject = theirs
    if found is None:
        found = _dated(text, when, message) or _wish(text)
    if found is None:
        return None
    return _build(clause, text, found, subject, when, message)


def _oneself(text: str) -> Found | None:
    for pattern, make in _ABOUT_ONESELF:
        if match := pattern.match(text):
            return make(match)
    return None


def _somebody(text: str) -> tuple[Found, str] | None:
    """A statement about somebody by relation: the subject is their name where it is given, else the relation."""
    theirs = _THEIR.match(text)
    if theirs is None:
        return None
    who = theirs["name"] or RELATIONS[theirs["rel"].lower()]
    for pattern, make in _ABOUT_OTHERS:
        if (match := pattern.match(theirs["verb"])) and (found := make(match)):
            return found, who
    return None


def _dated(text: str, when: When | None, message: Message) -> Found | None:
    """Plans and events: only with a time, and only on its right side."""
    if when is None:
        return None
    if _PLAN.match(text) and when.is_future(message.said_at):
        return Found(Kind.PLAN)
    if _EVENT.match(text) and when.is_past(message.said_at):
        return Found(Kind.EVENT)
    return None


def _wish(text: str) -> Found | None:
    match = _WISH_OF_ANSWERS.match(text)
    return Found(Kind.INSTRUCTION) if match and _ABOUT_ANSWERS.search(text) else None


def _build(clause: Clause, text: str, found: Found, subject: str, when: When | None, message: Message) -> NewMemory:
    quote = message.content[clause.start : clause.end]
    source = Source(message_id=message.id, quote=quote, start=clause.start, end=clause.end)
    memory = NewMemory(
        text=second_person(_without_lead(text)) if found.kind is not Kind.INSTRUCTION else _sentence(text),
        kind=found.kind,
        subject=subject,
        slot=found.slot,
        value=found.value,
        said_at=message.said_at,
        zone=message.zone,
        confidence=found.confidence,
        sensitivity=Sensitivity.SENSITIVE if found.sensitive else Sensitivity.NORMAL,
        valid_to=message.said_at if found.over else None,
        sources=(source,),
    )
    if when is not None and found.slot != "birthday":
        memory = replace(memory, event_from=when.start, event_to=when.end, granularity=when.granularity)
    return memory


def _without_lead(text: str) -> str:
    return re.sub(rf"^{_LEAD}", "", text) or text


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(" .!") + "."
