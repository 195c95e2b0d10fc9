"""What can be said of somebody: patterns over the predicate of a clause, and what each one fills.

A predicate begins with its verb in the base form ("live in Lyon", "be allergic to nuts", "moved to Porto"), so that a
pattern is written once for everybody. What no pattern matches is missed, which is the better mistake.
"""

import re

from memory.extraction.findings import (
    NUMBER,
    Found,
    Make,
    Rule,
    age,
    avoids,
    back,
    called,
    employer,
    fill,
    gave_up,
    introduced,
    is_favourite,
    is_my,
    job,
    keep,
    measured,
    named,
    owned,
    partner,
    rejection,
    taste,
    thing,
    trade,
    value_of,
)
from memory.extraction.grammar import NAME, REL, SHORT_NAME, UPPER, WORD_UP
from memory.extraction.lexicon import (
    CONDITIONS,
    DIETS,
    FIELDS,
    PHONES,
)
from memory.extraction.slots import thing_slot
from memory.types import Kind

_UP = rf"(?-i:[{UPPER}0-9][\w'&.-]*)"
_STOP = (
    r"(?=$|\s*[,;(]|\s+(?:and|but|with|since|for|now|near|because|where|which|who|so|as|at|in|on|from|after|before|until|these|again|too"
    r"|permanently|last|this|next|two|three|a few|\d|together|right|back|over|by|when|while|during|about|around|to)\b)"
)
PLACE = rf"(?P<v>{WORD_UP}(?:(?:\s+(?-i:(?:of|de|la|le|los|las|el|upon|del|do|da|am|sur)\s+)?|-(?:\w+-)*){WORD_UP})*(?:,\s+{WORD_UP}(?:\s+{WORD_UP})*)*)"
LOWER_PLACE = (
    r"(?P<v>(?!(?:an?|the|my|our|his|her|their|this|that|it|fear|hope|sin|pain|peace|chaos|constant|real|short|long|terms|school|house|home"
    r"|bed|town|business|case|general|particular|love|here|there|work|college|university|one|two|nature|stress|denial|luxury|poverty|rural"
    r"|student|shared|close|small|big|old|new|some|what|where|different|another|total|complete|harmony|silence|exile|prison|jail)\b)"
    r"[a-zà-ÿ]{3,}(?: (?:york|angeles|francisco|diego|kong|janeiro|town|orleans|aires|delhi|city|lumpur))?)"
)
ORG = rf"(?P<v>(?:(?:the|a|an)\s+)?(?:[a-z-]+\s+){{0,3}}?(?:{_UP}(?:\s+(?:(?:of|and|for|the|&|de|in)\s+)?{_UP})*)|(?:an?|the)\s+[a-z-]+(?:\s+[a-z-]+){{0,3}}?)"
_PERIOD = r"(?:\s+(?:full|part)[- ]time|\s+remotely|\s+freelance|\s+mostly|\s+now|\s+nights|\s+shifts)?"
_AGE_WORDS = r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
DAY = (
    rf"(?P<v>(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH}\b(?:,?\s+\d{{4}})?|{_MONTH}\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?"
    r"|\d{4}-\d{2}-\d{2}|(?:19|20)\d{2})"
)
_NP = r"(?P<v>[^,;()]{2,70}?)"
_NEW = r"(?:(?:a|an|my|the|our|another|this)\s+)?(?:(?:brand[- ]?new|new|used|second-hand|old|little|big|small|refurbished|shiny)\s+)*"


def _rule(pattern: str, make: Make, *, negated: bool = False, ended: bool = True) -> Rule:
    return Rule(re.compile(f"^{pattern}", re.IGNORECASE), make, negated, ended)


RULES: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    (
        "home",
        (
            _rule(rf"(?:live|reside|be (?:living|based|settled|residing))\s+(?:[a-z]+\s+){{0,2}}?(?:with [^,]{{1,30}}? )?(?:in|at|near|outside)(?: the (?:\w+ )?(?:city|town|village|centre|center|suburbs|outskirts|heart|middle|north|south|east|west) of)? {PLACE}", fill("home_city")),
            _rule(rf"(?:have )?(?:just )?(?:moved|relocated|move)(?:,? again,?| back| over| out| down| up)?(?: from [^,]{{2,30}}?)?(?: back)?(?: here)? to {PLACE}", fill("home_city")),
            _rule(rf"be back (?:home )?in {PLACE}(?:\s+(?:again|now|for good|permanently|to stay))?$", back, ended=False),
            _rule(rf"be (?:moving|relocating)(?: back)?(?: from [^,]{{2,30}}?)? to {PLACE}", fill("planned_home_city", Kind.PLAN)),
            _rule(rf"(?:lived) in {PLACE}", fill("former_home_city")),
        ),
    ),
    (
        "origin",
        (
            _rule(rf"(?:be|come) (?:originally )?from {PLACE}", fill("origin")),
            _rule(rf"(?:grew up|was raised|was brought up) in {PLACE}", fill("origin")),
            _rule(rf"was born (?:and (?:raised|bred) )?in {PLACE}", fill("birthplace")),
            _rule(rf"be (?:originally )?(?:an? )?(?P<v>{'|'.join(['Italian', 'French', 'German', 'Spanish', 'Portuguese', 'Dutch', 'British', 'English', 'Scottish', 'Irish', 'Welsh', 'American', 'Canadian', 'Australian', 'Brazilian', 'Mexican', 'Polish', 'Swedish', 'Norwegian', 'Danish', 'Finnish', 'Greek', 'Turkish', 'Russian', 'Ukrainian', 'Indian', 'Chinese', 'Japanese', 'Korean', 'Nigerian', 'Kenyan', 'Egyptian', 'Swiss', 'Austrian', 'Belgian', 'Argentinian', 'Colombian', 'Chilean', 'Peruvian'])})(?= by birth|$| and\b| but\b)", fill("nationality"), ended=False),
        ),
    ),
    (
        "birth",
        (
            _rule(rf"was born (?:on|in) {DAY}", fill("birthday")),
            _rule(rf"(?:be|turned|just turned|be turning)\s+(?P<v>\d{{1,3}}|{_AGE_WORDS})(?: years? old| now| today| yesterday| last \w+| this \w+| on \w+| in \w+)?$", age, ended=False),
        ),
    ),
    (
        "job",
        (
            _rule(rf"(?:work|be working|be employed|started working|start working|started){_PERIOD}(?: (?:at|for|in) [^,;]{{2,50}}?)? as (?:an? |the )?{_NP}(?:\s+(?:at|for|in|with)\b.*)?$", job),
            _rule(rf"(?:have )?(?:become|became|retrained as|(?:been |was |got |be )?promoted to|accepted a promotion to|be) (?:an? |the |now an? )?{_NP}(?:, (?:and|which|so|but)\b.*)?$", trade),
            _rule(r"be (?:now )?(?P<v>retired|unemployed|self-employed|freelance|between jobs|on parental leave|on maternity leave|semi-retired)$", fill("job")),
        ),
    ),
    (
        "employer",
        (
            _rule(rf"(?:work|be working|be employed|be a [a-z ]{{2,40}}|be an [a-z ]{{2,40}}|work as [a-z ]{{2,40}}){_PERIOD} (?:at|for|with|by) {ORG}{_STOP}", employer),
            _rule(rf"(?:have )?(?:joined|started (?:working |a (?:new )?job )?(?:at|for|with)|(?:got|found|landed|took|accepted|start|have) (?:an? |the |my )?(?:new )?(?:job|position|role|offer)(?: [a-z ]{{1,30}}?)? (?:at|with|from)) {ORG}{_STOP}", employer),
            _rule(rf"(?:switched|moved|changed)(?: jobs)?(?: from [^,]{{2,30}})? to working (?:at|for) {ORG}{_STOP}", employer),
            _rule(rf"(?:worked) (?:at|for) {ORG}{_STOP}", fill("former_employer")),
            _rule(rf"(?:have )?(?:quit|left|lost|resigned from|gave up) (?:my|the|his|her|their) (?:old )?(?:job|position|role|post) (?:at|with) {ORG}{_STOP}", fill("former_employer")),
        ),
    ),
    (
        "school",
        (
            _rule(rf"(?:study|be studying|be doing a (?:PhD|master's|degree|bachelor's) in|major in|be majoring in) {_NP}(?:\s+(?:at|in)\s+.*)?$", fill("field_of_study", short=True)),
            _rule(rf"read (?P<v>{FIELDS})\b", fill("field_of_study", short=True)),
            _rule(rf"(?:have )?(?:switched|changed)(?: (?:my )?(?:major|degree|course|studies|subject)s?)?(?: from [^,]{{2,40}}?)? to (?P<v>{FIELDS})\b", fill("field_of_study", short=True)),
            _rule(rf"(?:studied|graduated in|have a (?:degree|PhD|master's|bachelor's)(?: degree)? in) {_NP}(?:\s+(?:at|in|from)\s+.*)?$", fill("former_field_of_study", short=True)),
        ),
    ),
    (
        "names",
        (
            _rule(rf"(?:be (?:called|named)|go by(?: the name(?: of)?)?) (?P<v>{NAME})", called, ended=False),
            _rule(rf"be (?P<v>{NAME})(?=$|,)", introduced, ended=False),
            _rule(rf"be my (?:\w+ )?(?P<rel>{REL})$", is_my, ended=False),
            _rule(rf"(?:have |own |keep )?(?:just )?(?:have|got|adopted|bought|rescued|welcomed|took in|brought home|own|keep|a|an|one|be getting)?\s*(?:an?|one|my|our|the) (?:[a-z-]+ ){{0,4}}?(?P<rel>{REL})(?: [a-z ]{{1,24}}?)?,? (?:(?:is |be )?called|named|whose name is|by the name of) (?P<v>{NAME})", named, ended=False),
            _rule(rf"(?:be|got|have been|was) (?:happily )?(?:married to|engaged to|dating|in a relationship with|married) (?P<v>{NAME})", partner, ended=False),
        ),
    ),
    (
        "status",
        (
            _rule(r"be (?:now |happily |recently |newly )?(?P<v>married|single|divorced|engaged|widowed|separated)\b", fill("relationship_status", short=True), ended=False),
            _rule(r"(?:have )?(?:just )?(?:got|gotten) (?P<v>married|engaged|divorced)\b", fill("relationship_status", short=True), ended=False),
            _rule(rf"(?:have )?(?:just |recently |finally )?(?P<v>broke(?:n)? up|split up|separated)(?: with {SHORT_NAME})?(?: (?:last|this|in|on|two|a) .*)?$", fill("relationship_status", short=True), ended=False),
        ),
    ),
    (
        "phone",
        (
            _rule(rf"(?:have|use|got|bought|own|carry|be (?:now )?using|have bought|upgraded to|be on|(?:have )?(?:switched|changed|moved|upgraded)(?: from [^,]{{2,40}}?)? to)\s+{_NEW}(?P<v>{PHONES})", fill("phone_model")),
        ),
    ),
    (
        "car",
        (
            _rule(rf"(?:drive|be driving) {_NEW}(?P<v>(?!to\b|through\b|home\b|there\b|back\b|past\b|for\b|by\b|at\b|in\b|on\b|from\b|every\b|a lot\b)[^,;]+)$", owned),
            _rule(rf"(?:bought|got|own|have bought|leased|have) {_NEW}(?P<v>(?:[a-z]+ )?(?:Toyota|Volvo|Volkswagen|VW|Renault|Peugeot|Citroën|Citroen|Fiat|Ford|Honda|Mazda|Nissan|Hyundai|Kia|Tesla|BMW|Audi|Mercedes|Skoda|Škoda|Seat|Opel|Subaru|Suzuki|Mini|Porsche|Jeep|Chevrolet|Dacia|Lexus|Polestar|Rivian|Saab)(?: {WORD_UP}| [A-Z]?\d+\w*)*)", fill("car")),
        ),
    ),
    (
        "things",
        (
            _rule(rf"be (?:now )?(?:on )?{DAY}", lambda m, r: Found(Kind.FACT, "birthday", value_of(m["v"])) if r.subject and thing_slot(r.subject.thing) == "birthday" else None),
            _rule(r"be (?:now |called |named |currently )?(?P<v>.+)$", lambda m, r: thing(m, r) if r.subject and r.subject.thing else None),
            _rule(rf"(?:take|last) (?:me |us )?(?:about |around |roughly |over |almost )?(?P<v>(?:{NUMBER}|an?|half an) (?:and a half )?(?:minutes?|hours?)\b.*)$", measured),
            _rule(rf"(?:went|have gone|go) (?:up|down)\b[^.]*?(?:\bto\b|\bit(?:['’]s| is)) (?:now )?(?P<v>{NUMBER}[^,;]*?)(?: now)?$", measured),
        ),
    ),
    (
        "body",
        (
            _rule(r"be (?P<v>\d[\d.,]* ?(?:m|cm|metres|meters|feet|ft|foot)(?: \d+(?: inches)?)?)(?: tall)?$", fill("height")),
            _rule(r"weigh (?:about |around )?(?P<v>\d+[\d.,]* ?(?:kg|kilos?|pounds|lbs?|stone))", fill("weight", sensitive=True)),
            _rule(r"wear (?:a )?(?:shoe )?size (?P<v>\d[\d.,/]*)(?: shoes?)?", fill("shoe_size")),
        ),
    ),
    (
        "health",
        (
            _rule(r"be (?:[a-z]+ly |very |a bit |quite )?allergic to (?P<v>[^;(]+)$", fill("allergy", Kind.CONSTRAINT, sensitive=True)),
            _rule(r"(?:have|developed|have developed) an? (?:severe |mild |bad |serious |strong |nasty )?(?P<v>[\w -]+?) (?:allergy|intolerance)\b", fill("allergy", Kind.CONSTRAINT, sensitive=True)),
            _rule(rf"be (?:now |an? )?(?:strict |strictly |lifelong )?(?P<v>{DIETS})\b(?! (?:food|restaurant|recipe|options?|friend))", fill("diet", Kind.CONSTRAINT, sensitive=True)),
            _rule(rf"(?:have )?(?:recently |just )?(?:went|gone|become|became|turned) (?:an? )?(?:strictly )?(?P<v>{DIETS})\b", fill("diet", Kind.CONSTRAINT, sensitive=True)),
            _rule(r"(?:follow|be on|eat|stick to) (?:an? |the )?(?:strict )?(?P<v>[\w-]+(?: [\w-]+)?) diet\b", fill("diet", Kind.CONSTRAINT, sensitive=True)),
            _rule(rf"(?:have|suffer from|was diagnosed with|have been diagnosed with|struggle with|live with) (?:mild |severe |chronic |bad |seasonal )?(?P<v>{CONDITIONS})\b", fill("condition", Kind.CONSTRAINT, sensitive=True)),
            _rule(r"(?:eat|drink|tolerate|consume|digest|touch|smoke)\s+(?P<v>.+)$", avoids, negated=True),
            _rule(r"(?P<v>drink|smoke|drive|cook|swim|dance|cycle)$", lambda m, r: Found(Kind.REJECTION if r.ended else Kind.CONSTRAINT, None, m["v"]), negated=True),
            _rule(r"have (?P<v>gluten|dairy|milk|lactose|sugar|caffeine|alcohol|nuts|eggs|meat|shellfish|seafood|pork|beef)\b", avoids, negated=True),
            _rule(r"(?:have )?(?:stopped|quit|gave up|given up|cut out|sworn off) (?P<v>.+)$", gave_up),
        ),
    ),
    (
        "rejections",
        (
            _rule(r"(?:have )?(?:decided (?:against|not to)|turned down|ruled out|called off|changed my mind about|dropped the idea of|backed out of) (?P<v>.+)$", rejection),
            _rule(r"be not (?:buying|getting|taking|going to (?:buy|get|take)|interested in|keen on buying) (?P<v>.+?)(?: after all)?$", rejection),
            _rule(r"be no longer (?:interested in|into|going to|planning to|looking for) (?P<v>.+)$", rejection),
            _rule(r"(?:want|use|own|need|wear|play|watch|take|have) (?P<v>.+)$", lambda m, r: rejection(m, r) if r.ended and r.negated else None, negated=True),
        ),
    ),
    (
        "tastes",
        (
            _rule(r"(?:love|like|enjoy|adore|prefer|cherish|(?:be|have always been|have been) (?:into|fond of|crazy about|obsessed with|passionate about|an? (?:big |huge |great )?fan of|keen on|addicted to)) (?P<v>.+)$", taste("likes")),
            _rule(r"(?:have )?(?:always )?(?:loved|liked|enjoyed|preferred|adored) (?P<v>.+)$", lambda m, r: taste("likes")(m, r) if re.match(r"have|always", m[0], re.I) else None),
            _rule(r"(?:have )?(?:really |just |recently )?(?:(?:come|grown|begun|started|learn(?:ed|t)) to (?:really )?(?:love|like|enjoy|appreciate)|(?:started|begun) (?:liking|loving|enjoying)|(?:got|gotten|been getting) (?:really |very |quite )?into|fallen in love with|fell in love with) (?P<v>.+)$", taste("likes")),
            _rule(r"be (?:interested in|drawn to|fascinated by|captivated by|enthusiastic about|hooked on) (?P<v>.+)$", taste("likes")),
            _rule(r"find (?P<v>[a-z]+(?: [a-z]+){0,3}?) (?:(?:very|really|so|quite|incredibly) )?(?:relaxing|calming|fascinating|inspiring|delicious|soothing|therapeutic|rewarding|fun)\b", taste("likes")),
            _rule(r"be my (?:absolute |all-time )?favou?rite (?P<thing>[a-z]+(?: [a-z]+)?)$", is_favourite, ended=False),
            _rule(r"would rather (?:have |eat |drink )?(?P<v>.+)$", taste("likes")),
            _rule(r"(?:hate|dislike|detest|loathe|despise|can not stand|can not bear|be not (?:a (?:big |huge )?fan of|into|keen on|fond of)|have always hated) (?P<v>.+)$", taste("dislikes")),
            _rule(r"be (?:afraid|scared|terrified|frightened) of (?P<v>.+)$", taste("fears")),
            _rule(r"(?:like|enjoy|love|care for) (?P<v>.+)$", taste("dislikes"), negated=True),
        ),
    ),
)  # fmt: skip


HABITS: tuple[Rule, ...] = (
    _rule(r"(?:play|speak|collect|practi[sc]e|volunteer|teach|coach|sing in|bake|brew|commute|ride|run|own|train|sew|knit|paint|write|blog|garden|meditate|foster)\b \S.*$", keep(Kind.FACT)),
    _rule(r"go (?:running|swimming|climbing|hiking|cycling|dancing|sailing|fishing|surfing|skiing|jogging|to the gym|to church|bouldering|for a (?:run|walk|swim))\b.*$", keep(Kind.FACT)),
    _rule(r"be (?:learning|training for|writing|building|renovating|restoring|saving (?:up )?for|expecting|pregnant|looking for|applying (?:to|for)|reading|taking \w+ (?:lessons|classes)|volunteering|preparing for|working on)\b.*$", keep(Kind.FACT)),
    _rule(rf"have (?:about |over )?(?:{NUMBER}|an?|no) (?:[a-z-]+ ){{0,3}}?(?:kids?|children|child|sons?|daughters?|siblings|brothers?|sisters?|cats?|dogs?|chickens|hens|horses?|goats|rabbits?|bikes?|bicycles?|cars?|tattoos?|grandchildren|grandsons?|granddaughters?|garden|allotment|boat|guitar|piano|motorbike|cabin|beehives?|hives?|driving licen[cs]e|twins?|stepchildren|house|flat|apartment|dog|cat|puppy|kitten|parrot|hamsters?|budgies?|aquarium|greenhouse|campervan|degree|PhD)\b.*$", keep(Kind.FACT)),
    _rule(r"(?:live|be living) (?:alone|by myself|on my own|with|in an?|on the|in the) ?.*$", keep(Kind.FACT)),
    _rule(r"(?:wake up|get up|go to bed|have (?:breakfast|lunch|dinner)|start work|finish work) (?:at|around|before|after) .+$", keep(Kind.FACT)),
    _rule(r"be an? (?:[a-z-]+ ){0,2}?(?:night owl|morning person(?!['’]s)|early bird|early riser|introvert|extrovert|minimalist|mother|father|parent|grandmother|grandfather|widow|widower|twin|gamer|climber|runner|cyclist|swimmer|hiker|collector|vegan|vegetarian|smoker|non-smoker|homebody|only child|member of .+|native .+ speaker|left-hander|hobby \w+|amateur \w+|keen \w+|avid \w+|part-time \w+|(?-i:Aries|Taurus|Gemini|Cancer|Leo|Virgo|Libra|Scorpio|Sagittarius|Capricorn|Aquarius|Pisces))\b.*$", keep(Kind.FACT)),
    _rule(r"be (?:left-handed|right-handed|ambidextrous|colou?r-?blind|short-sighted|dyslexic|bilingual|trilingual)\b.*$", keep(Kind.FACT)),
    _rule(r"(?:use|switched(?: from .+)? to|moved(?: from .+)? to|prefer) (?P<v>(?:Linux|Windows|macOS|Ubuntu|Debian|Fedora|Arch|Vim|Emacs|VS Code|Android|iOS|Firefox|Chrome|Safari|Python|Rust)\b.*)$", fill("uses")),
    _rule(r"(?:have )?switched (?:from .+ )?to (?P<v>.+)$", fill("switched_to")),
)  # fmt: skip
"""What is kept as it was said, if nothing more special was found."""
