"""What can be known of a person: statements, questions and consequences, as short templates.

``{S}`` is who it is about (you, I, Ana, your sister), ``{P}`` the same as owner, ``{v}`` the value, ``{w}`` a second
one. ``{is}``, ``{has}`` and endings such as ``(s)`` follow who it is. A question is ``word|subject|verb|rest``; one with a
star is kept for evaluation. The first statement is also how the model answers.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Attribute:
    """One thing that can be known of somebody."""

    key: str
    kind: str
    say: tuple[str, ...]
    ask: tuple[str, ...]
    back: str
    follows: str
    second: str = ""
    answer_back: str = ""
    of_others: bool = True

    @property
    def asked(self) -> tuple[str, ...]:
        """Questions to train with."""
        return tuple(q for q in self.ask if not q.startswith("*"))

    @property
    def kept(self) -> tuple[str, ...]:
        """Questions kept for evaluation."""
        return tuple(q[1:] for q in self.ask if q.startswith("*"))


def _attribute(key: str, kind: str, say: str, ask: str, back: str, follows: str, second: str = "") -> Attribute:
    return Attribute(key, kind, _lines(say), _lines(ask), back, follows, second)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("/") if part.strip())


def _noun(key: str, kind: str, noun: str, back: str, follows: str) -> Attribute:
    """Something that is named by a noun: the dentist, a favourite colour, a code."""
    say: tuple[str, ...] = (
        f"{{P}} {noun} is {{v}}.",
        f"{{S}} {{has}} {{v}} as {{P}} {noun}.",
        f"{{v}} is {{P}} {noun}.",
    )
    say += (f"{{P}} {noun} is now {{v}}.", f"For {{P}} {noun}, it is {{v}}.")
    ask: tuple[str, ...] = (
        f"what|{{P}} {noun}|is|",
        f"which one|{{P}} {noun}|is|",
        f"what|{{S}}|{{has}}|as {{P}} {noun}",
    )
    ask += (f"*what|{{P}} {noun}|is|now", f"*which|{{P}} {noun}|is|now")
    return Attribute(key, kind, say, ask, back, follows)


def _relation(word: str) -> Attribute:
    say: tuple[str, ...] = (
        f"{{P}} {word} is called {{v}}.",
        f"{{P}} {word}'s name is {{v}}.",
        f"{{v}} is {{P}} {word}.",
    )
    say += (f"{{S}} {{has}} a {word} called {{v}}.", f"{{P}} {word} is {{v}}.")
    ask: tuple[str, ...] = (f"what|{{P}} {word}|is|called", f"who|{{P}} {word}|is|", f"what|{{P}} {word}'s name|is|")
    ask += (
        f"how|{{P}} {word}|is|called",
        f"*what|the name of {{P}} {word}|is|",
        f"*by what name|{{P}} {word}|is|called",
    )
    about = "{v} is {P} " + word + "."
    return Attribute(
        word, "name", say, ask, "Who is {v}?", f"{{S}} {{has}} a {word} by the name of {{v}}.", answer_back=about,
        of_others=False,
    )  # fmt: skip


RELATIONS = tuple(
    "sister;brother;mother;father;wife;husband;daughter;son;friend;boss;colleague;neighbour;cousin;aunt;uncle;"
    "grandmother;grandfather;flatmate;teacher;niece".split(";")
)
PETS = tuple("dog;cat;rabbit;parrot;hamster;horse;tortoise".split(";"))

_VERBS = (
    _attribute(
        "home", "place",
        "{S} live(s) in {v}. / {P} home is in {v}. / {S} {has} a flat in {v}. / {S} {is} living in {v}. / {S} moved to {v}.",
        "where|{S}|live(s)| / what city|{S}|live(s)|in / where|{P} home|is| / what town|{S}|{is}|living in"
        "/ *in which city|{S}|live(s)| / *where|{P} flat|is|",
        "Who lives in {v}?", "{S} sleep(s) in {v} most nights.",
    ),
    _attribute(
        "hometown", "place",
        "{S} grew up in {v}. / {S} {was} born in {v}. / {P} hometown is {v}. / {S} come(s) from {v}.",
        "where|{S}|grew=grow|up / where|{S}|{was}|born / what|{P} hometown|is| / where|{S}|come(s)|from"
        "/ *what city|{S}|come(s)|from / *what town|{S}|grew=grow|up in",
        "Who grew up in {v}?", "{S} spent {P} childhood in {v}.",
    ),
    _attribute(
        "job", "job",
        "{S} work(s) as {av}. / {S} {is} {av}. / {P} job is {v}. / {S} {has} a job as {av}.",
        "what|{P} job|is| / what|{S}|do(es)|for a living / what|{S}|work(s)|as / what job|{S}|{has}|"
        "/ *what|{S}|do(es)|for work / *what kind of job|{S}|{has}|",
        "Who works as {av}?", "{S} earn(s) a living as {av}.",
    ),
    _attribute(
        "employer", "company",
        "{S} work(s) for {v}. / {P} employer is {v}. / {S} {is} employed by {v}. / {S} joined {v}.",
        "who|{S}|work(s)|for / which company|{S}|work(s)|for / who|{P} employer|is| / what company|{S}|joined=join|"
        "/ *what company|{S}|work(s)|for / *who|{S}|{is}|employed by",
        "Who works for {v}?", "{S} get(s) paid by {v}.",
    ),
    _attribute(
        "birthday", "date",
        "{P} birthday is on {v}. / {S} {has} {P} birthday on {v}. / {S} celebrate(s) {P} birthday on {v}. /"
        " {P} birthday falls on {v}.",
        "when|{P} birthday|is| / what day|{P} birthday|is| / when|{S}|{has}|{P} birthday /"
        " when|{S}|celebrate(s)|{P} birthday / *on what day|{P} birthday|is| / *what date|{P} birthday|is|",
        "Whose birthday is on {v}?", "{S} get(s) presents on {v}.",
    ),
    _attribute(
        "age", "age",
        "{S} {is} {v} years old. / {P} age is {v}. / {S} turned {v}. / {S} {is} {v}.",
        "how old|{S}|{is}| / what|{P} age|is| / what age|{S}|{is}| / how many years old|{S}|{is}| / *what age|{S}|turned=turn|",
        "Who is {v} years old?", "{S} had {v} birthdays.",
    ),
    _attribute(
        "allergy", "food",
        "{S} {is} allergic to {v}. / {S} {has} an allergy to {v}. / {P} allergy is {v}. / {S} react(s) badly to {v}.",
        "what|{S}|{is}|allergic to / what allergy|{S}|{has}| / what|{P} allergy|is| / what|{S}|react(s)|badly to"
        "/ *which allergy|{S}|{has}| / *what food|{S}|{is}|allergic to",
        "Who is allergic to {v}?", "{S} should stay away from {v}.",
    ),
    _attribute(
        "diet", "diet",
        "{S} eat(s) {v}. / {S} follow(s) a {v} diet. / {P} diet is {v}. / {S} {is} on a {v} diet.",
        "what diet|{S}|follow(s)| / what|{P} diet|is| / what diet|{S}|{is}|on / what kind of diet|{S}|{has}|"
        "/ *which diet|{S}|follow(s)| / *what kind of diet|{S}|{is}|on",
        "Who eats {v}?", "{S} choose(s) {v} meals.",
    ),
    _attribute(
        "dislike", "food",
        "{S} can't stand {v}. / {S} hate(s) {v}. / {S} (don't|doesn't) like {v}. / {S} never eat(s) {v}.",
        "what|{S}|hate(s)| / what|{S}|dislike(s)| / what|{S}|can't|stand / what|{S}|never eat(s)| / "
        "*what food|{S}|hate(s)| / *which food|{S}|dislike(s)|",
        "Who can't stand {v}?", "{S} would not order {v}.",
    ),
    _attribute(
        "likes", "food",
        "{S} like(s) {v}. / {S} love(s) {v}. / {S} enjoy(s) {v}. / {S} {is} fond of {v}.",
        "what|{S}|like(s)| / what|{S}|love(s)| / what|{S}|enjoy(s)| / what|{S}|{is}|fond of"
        "/ *what food|{S}|like(s)| / *what|{S}|love(s)|most",
        "Who likes {v}?", "{S} would be glad to have {v}.",
    ),
    _attribute(
        "fear", "fear",
        "{S} {is} afraid of {v}. / {S} {is} scared of {v}. / {P} biggest fear is {v}. / {S} fear(s) {v}.",
        "what|{S}|{is}|afraid of / what|{S}|{is}|scared of / what|{P} biggest fear|is| / what|{S}|fear(s)|"
        "/ *what|{P} fear|is| / *what|{S}|fear(s)|most",
        "Who is afraid of {v}?", "{S} keep(s) away from {v}.",
    ),
    _attribute(
        "car", "car",
        "{S} drive(s) {av}. / {P} car is {av}. / {S} own(s) {av}. / {S} bought {av}.",
        "what car|{S}|drive(s)| / what|{P} car|is| / what|{S}|drive(s)| / which car|{S}|own(s)|"
        "/ *what kind of car|{S}|drive(s)| / *what car|{S}|bought=buy|",
        "Who drives {av}?", "{S} can give people a lift in {av}.",
    ),
    _attribute(
        "instrument", "instrument",
        "{S} play(s) the {v}. / {P} instrument is the {v}. / {S} practise(s) the {v}. / {S} {has} lessons on the {v}.",
        "what instrument|{S}|play(s)| / what|{P} instrument|is| / which instrument|{S}|practise(s)|"
        "/ *which instrument|{S}|play(s)| / *what kind of instrument|{S}|play(s)|",
        "Who plays the {v}?", "{S} can make music on the {v}.",
    ),
    _attribute(
        "sport", "sport",
        "{S} do(es) {v} as a sport. / {P} sport is {v}. / {S} train(s) in {v}. / {S} {is} in a club for {v}.",
        "what sport|{S}|do(es)| / what|{P} sport|is| / which sport|{S}|train(s)|in / what sport|{S}|{is}|in a club for"
        "/ *which sport|{S}|do(es)| / *what kind of sport|{S}|do(es)|",
        "Who does {v} as a sport?", "{S} keep(s) fit with {v}.",
    ),
    _attribute(
        "learning", "language",
        "{S} {is} learning {v}. / {S} take(s) lessons in {v}. / {S} started to learn {v}. /"
        " The language {S} {is} learning is {v}.",
        "what language|{S}|{is}|learning / which language|{S}|take(s)|lessons in / what language|{S}|started=start|to learn"
        "/ *which language|{S}|{is}|learning / *what|{S}|take(s)|lessons in",
        "Who is learning {v}?", "{S} can soon speak some {v}.",
    ),
    _attribute(
        "tongue", "language",
        "{S} speak(s) {v} at home. / {P} mother tongue is {v}. / {P} first language is {v}. / {S} grew up speaking {v}.",
        "what language|{S}|speak(s)|at home / what|{P} mother tongue|is| / what|{P} first language|is|"
        "/ *which language|{S}|speak(s)|at home / *which language|{P} mother tongue|is|",
        "Who speaks {v} at home?", "{S} understand(s) {v} well.",
    ),
    _attribute(
        "hobby", "hobby",
        "{P} hobby is {v}. / {S} {has} {v} as a hobby. / {S} spend(s) {P} free time on {v}. / {S} took up {v}.",
        "what|{P} hobby|is| / what hobby|{S}|{has}| / what|{S}|spend(s)|{P} free time on / what hobby|{S}|took=take|up"
        "/ *which hobby|{S}|{has}| / *what kind of hobby|{S}|{has}|",
        "Whose hobby is {v}?", "{S} would like a book about {v}.",
    ),
    _attribute(
        "school", "school",
        "{S} went to {v}. / {P} school was {v}. / {S} finished {v}. / {S} {has} a degree from {v}.",
        "what school|{S}|went=go|to / what|{P} school|{was}| / which school|{S}|finished=finish|"
        "/ *which school|{S}|went=go|to / *what|{S}|{has}|a degree from",
        "Who went to {v}?", "{S} know(s) people from {v}.",
    ),
    _attribute(
        "subject", "subject",
        "{S} stud(y|ies) {v}. / {P} subject is {v}. / {S} {is} a student of {v}. / {S} {is} taking a degree in {v}.",
        "what|{S}|stud(y|ies)| / what|{P} subject|is| / which subject|{S}|stud(y|ies)| / what|{S}|{is}|a student of"
        "/ *what subject|{S}|stud(y|ies)| / *what|{S}|{is}|taking a degree in",
        "Who studies {v}?", "{S} read(s) books on {v}.",
    ),
    _attribute(
        "collects", "things",
        "{S} collect(s) {v}. / {P} collection is of {v}. / {S} {has} a collection of {v}. / {S} gather(s) {v}.",
        "what|{S}|collect(s)| / what|{P} collection|is|of / what|{S}|{has}|a collection of / what|{S}|gather(s)|"
        "/ *what kind of collection|{S}|{has}| / *what things|{S}|collect(s)|",
        "Who collects {v}?", "{S} would be glad of more {v}.",
    ),
    _attribute(
        "commute", "ride",
        "{S} go(es) to work by {v}. / {S} commute(s) by {v}. / {P} way to work is by {v}. / {S} take(s) the {v} to work.",
        "how|{S}|go(es)|to work / how|{S}|commute(s)| / how|{S}|get(s)|to work / what|{S}|take(s)|to work"
        "/ *how|{P} way to work|is| / *what|{S}|commute(s)|by",
        "Who goes to work by {v}?", "{S} depend(s) on the {v} in the morning.",
    ),
    _attribute(
        "medication", "brand",
        "{S} take(s) {v} for {P} health. / {P} medication is {v}. / {S} {is} on a medication called {v}. /"
        " The doctor gave {S} {v}.",
        "what medication|{S}|take(s)| / what|{P} medication|is| / what medication|{S}|{is}|on /"
        " what|{S}|take(s)|for {P} health / *which medication|{S}|{is}|on / *which medication|{S}|take(s)|",
        "Who takes {v}?", "{S} should not run out of {v}.",
    ),
    _attribute(
        "team", "brand",
        "{S} support(s) {v}. / {P} team is {v}. / {S} {is} a fan of {v}. / {S} cheer(s) for {v}.",
        "what team|{S}|support(s)| / what|{P} team|is| / who|{S}|cheer(s)|for / what team|{S}|{is}|a fan of"
        "/ *which team|{S}|support(s)| / *what team|{S}|cheer(s)|for",
        "Who supports {v}?", "{S} {is} happy when {v} win.",
    ),
    _attribute(
        "waking", "hour",
        "{S} get(s) up at {v}. / {P} alarm rings at {v}. / {S} wake(s) up at {v}. / {S} set {P} alarm for {v}.",
        "when|{S}|get(s)|up / when|{S}|wake(s)|up / what time|{S}|get(s)|up / when|{P} alarm|rings=ring|"
        "/ *what time|{S}|wake(s)|up / *what time|{P} alarm|rings=ring|",
        "Who gets up at {v}?", "{S} {is} out of bed after {v}.",
    ),
    _attribute(
        "reading", "title",
        "{S} {is} reading {v}. / {S} started the book {v}. / {P} book at the moment is {v}. / {S} bought the book {v}.",
        "what|{S}|{is}|reading / what book|{S}|started=start| / what|{P} book at the moment|is| / what book|{S}|{is}|reading"
        "/ *which book|{S}|{is}|reading / *which book|{S}|started=start|",
        "Who is reading {v}?", "{S} could talk about {v}.",
    ),
    _attribute(
        "street", "street",
        "{P} street is {v}. / {P} address is in {v}. / {P} house is on {v}. / {P} door is on {v}.",
        "what street|{P} house|is|on / what|{P} street|is| / what|{P} address|is| / what street|{P} door|is|on"
        "/ *which street|{P} house|is|on / *what street|{P} address|is|in",
        "Whose street is {v}?", "Letters for {S} go to {v}.",
    ),
    _attribute(
        "trip", "place",
        "{S} {is} going to {v} {w}. / {S} {is} travelling to {v} {w}. / {S} {has} a trip to {v} {w}. / {S} fl(y|ies) to {v} {w}.",
        "where|{S}|{is}|going / where|{S}|{is}|travelling / where|{S}|{is}|going on {P} trip / when|{S}|{is}|going to {v} /"
        " when|{P} trip to {v}|is| / *where|{P} trip|is|going / *when|{S}|{is}|travelling to {v}",
        "Who is going to {v}?", "{S} need(s) a ticket to {v}.", "day",
    ),
    _attribute(
        "appointment", "surname",
        "{S} {has} an appointment with {v} {w}. / {S} {is} seeing {v} {w}. / {S} {has} to see {v} {w}. /"
        " {P} appointment with {v} is {w}.",
        "who|{P} appointment|is|with / when|{P} appointment|is| / when|{S}|{is}|seeing {v} /"
        " who|{S}|{has}|an appointment with / *when|{P} appointment with {v}|is| / *who|{S}|{has}|to see",
        "Who has an appointment with {v}?", "{S} should be on time for {v}.", "day",
    ),
    _attribute(
        "party", "place",
        "{S} {is} getting married in {v} {w}. / {P} wedding is in {v} {w}. / {S} will marry in {v} {w}. /"
        " {P} wedding in {v} is {w}.",
        "where|{P} wedding|is| / when|{P} wedding|is| / where|{S}|{is}|getting married / when|{S}|{is}|getting married"
        "/ *in what city|{P} wedding|is| / *what day|{P} wedding|is|",
        "Who is getting married in {v}?", "The guests of {S} go to {v}.", "day",
    ),
    _attribute(
        "wants", "things",
        "{S} want(s) {v} for {P} birthday. / {S} wish(es) for {v}. / {P} wish is {v}. / {S} would love to get {v}.",
        "what|{S}|want(s)|for {P} birthday / what|{S}|wish(es)|for / what|{P} wish|is|"
        "/ *what things|{S}|wish(es)|for / *what|{P} birthday wish|is|",
        "Who wishes for {v}?", "A good present for {S} is {v}.",
    ),
)  # fmt: skip

_NAME = Attribute(
    "name", "name",
    ("{P} name is {v}.", "{S} {is} called {v}.", "{S} go(es) by the name of {v}.", "{P} first name is {v}."),
    ("what|{P} name|is|", "what|{S}|{is}|called", "who|{S}|{is}|", "*what|{P} first name|is|", "*what name|{S}|go(es)|by"),
    "Whose name is {v}?", "Letters to {S} begin with Dear {v}.", of_others=False,
)  # fmt: skip

_NAMED = (
    *(
        _noun(
            f"favourite {noun}",
            kind,
            f"favourite {noun}",
            f"Whose favourite {noun} is {{v}}?",
            f"As to a {noun}, {{S}} would pick {{v}}.",
        )
        for noun, kind in (
            ("food", "food"), ("colour", "colour"), ("film", "title"), ("book", "title"), ("band", "title"),
            ("drink", "drink"), ("animal", "animal"), ("song", "title"), ("place", "place"), ("game", "brand"),
        )
    ),
    *(
        _noun(noun, kind, noun, f"Whose {noun} is {{v}}?", follows)
        for noun, kind, follows in (
            ("doctor", "surname", "When ill, {S} call(s) {v}."),
            ("dentist", "surname", "With toothache, {S} go(es) to {v}."),
            ("vet", "surname", "Pets of {S} are seen by {v}."),
            ("lawyer", "surname", "For a contract, {S} call(s) {v}."),
            ("shoe size", "size", "Shoes for {S} should be {v}."),
            ("bike colour", "colour", "The bike of {S} looks {v}."),
            ("wifi name", "network", "Guests of {S} look for {v}."),
            ("locker code", "code", "The locker of {S} opens with {v}."),
            ("desk number", "small", "The desk of {S} has the sign {v}."),
            ("flight number", "code", "The board will show {v} for {S}."),
            ("budget", "money", "{S} should not spend more than {v}."),
            ("rent", "money", "{S} pay(s) {v} each month."),
            ("phone", "brand", "{S} make(s) calls with {v}."),
            ("gym", "brand", "{S} train(s) at {v}."),
            ("bank", "brand", "The money of {S} lies at {v}."),
            ("hotel", "brand", "On that trip {S} sleep(s) at {v}."),
            ("door code", "code", "The door of {S} opens with {v}."),
            ("room number", "small", "The room of {S} has the sign {v}."),
            ("middle name", "name", "The papers of {S} say {v}."),
            ("nickname", "brand", "Friends of {S} say {v}."),
        )
    ),
)  # fmt: skip

_OPEN = Attribute(
    "other", "word",
    ("{P} {w} is {v}.", "{S} {has} {v} as {P} {w}.", "{v} is {P} {w}.", "{P} {w} is now {v}."),
    ("what|{P} {w}|is|", "which one|{P} {w}|is|", "what|{S}|{has}|as {P} {w}", "*what|{P} {w}|is|now"),
    "Whose {w} is {v}?", "For {P} {w}, {S} would say {v}.", second="topic",
)  # fmt: skip

ATTRIBUTES: dict[str, Attribute] = {
    a.key: a for a in (*_VERBS, _NAME, *_NAMED, _OPEN, *map(_relation, RELATIONS), *map(_relation, PETS))
}
