"""Word lists that tell one kind of statement from another. Where a word is missing, a statement is missed."""

import re

JOBS = frozenset(
    """nurse doctor surgeon physician midwife vet veterinarian dentist teacher professor lecturer tutor engineer
    developer programmer designer architect scientist researcher analyst consultant accountant auditor lawyer solicitor
    barrister attorney paralegal judge journalist reporter writer author novelist editor translator interpreter
    librarian archivist chef cook baker barista waiter waitress bartender butcher farmer gardener florist carpenter
    plumber electrician mechanic welder painter musician singer violinist cellist pianist drummer guitarist actor
    actress dancer photographer filmmaker illustrator animator pilot driver conductor sailor firefighter paramedic
    officer soldier guard detective manager director secretary receptionist assistant administrator clerk cashier
    salesperson shopkeeper entrepreneur founder banker broker trader economist statistician mathematician physicist
    chemist biologist geologist astronomer historian linguist philosopher psychologist psychiatrist therapist
    physiotherapist counsellor counselor pharmacist optician radiographer radiologist technician beekeeper sculptor
    potter tailor hairdresser barber beautician coach instructor student intern apprentice freelancer landscaper
    surveyor realtor recruiter marketer copywriter postman courier cleaner janitor locksmith jeweller jeweler curator
    zookeeper ranger fisherman luthier glassblower bookbinder stonemason worker operator producer planner adviser
    advisor agent buyer inspector foreman supervisor bookkeeper caregiver carer nanny sommelier brewer winemaker
    blacksmith programmer sysadmin webmaster cartographer meteorologist oceanographer botanist zoologist ecologist
    anthropologist sociologist archaeologist cardiologist dermatologist neurologist oncologist paediatrician
    pediatrician anaesthetist anesthesiologist dietitian nutritionist masseur masseuse stylist milliner weaver
    upholsterer cobbler roofer bricklayer plasterer glazier tiler joiner cabinetmaker toolmaker machinist dispatcher
    steward stewardess trucker ceo cto cfo coo officer strategist superintendent headteacher principal dean postdoc
    housewife househusband homemaker lifeguard magician comedian composer dramaturge screenwriter playwright poet
    publisher bookseller grocer tattooist vp president partner associate specialist representative executive lead
    electrician's optometrist podiatrist chiropractor osteopath undertaker vicar priest pastor rabbi imam monk nun
    """.split()
)
"""The last word of what people say that they are by trade."""

NOT_JOBS = re.compile(
    r"(?:^|\s)(?:good|great|bad|terrible|better|decent|fast|slow|careful|nervous|home|keen|amateur|hobby|morning|people|team"
    r"|sole|single|proud|guest|natural|born|hopeless|lousy|fair|happy|silent|night) \w+$|^(?:partner|lead|guard|worker|agent|judge|dean|cook)$",
    re.IGNORECASE,
)

COLOURS = frozenset(
    """red blue green yellow black white brown grey gray orange purple pink teal turquoise beige silver gold golden navy
    violet crimson cream maroon olive lilac indigo magenta burgundy charcoal khaki lavender mint ochre""".split()
)

_DEMONYMS = """american british english scottish welsh irish french german italian spanish portuguese dutch belgian swiss
austrian polish czech slovak hungarian romanian bulgarian greek turkish russian ukrainian swedish norwegian danish finnish
icelandic estonian latvian lithuanian serbian croatian bosnian slovenian albanian indian pakistani bangladeshi nepali
chinese japanese korean vietnamese thai filipino filipina indonesian malaysian singaporean australian canadian mexican
brazilian argentinian argentine chilean colombian peruvian venezuelan cuban egyptian moroccan algerian tunisian nigerian
ghanaian kenyan ethiopian south african israeli palestinian lebanese syrian iraqi iranian persian afghan arab european
asian african latino latina hispanic catalan basque breton bavarian parisian londoner"""
DEMONYMS = frozenset(_DEMONYMS.split()) | {"south african", "new zealander"}

FIELDS = (
    r"(?:(?:applied|pure|computer|political|environmental|social|veterinary|mechanical|electrical|civil|data|art|english"
    r"|german|french) )?(?:economics|medicine|philosophy|physics|chemistry|biology|mathematics|maths|statistics|law"
    r"|history|geography|geology|psychology|sociology|anthropology|linguistics|literature|theology|architecture"
    r"|engineering|science|informatics|nursing|pharmacy|dentistry|journalism|pedagogy|education|design|music|drama"
    r"|film studies|business(?: administration)?|management|accounting|finance|marketing|agriculture|astronomy"
    r"|archaeology|biochemistry|genetics|neuroscience|robotics)"
)
"""What people study."""

BELIEFS = frozenset(
    """catholic protestant christian muslim jewish hindu buddhist sikh atheist agnostic lutheran orthodox baptist
    methodist quaker anglican mormon""".split()
)

NOT_NAMES = frozenset(
    """i sorry fine glad happy here back ready sure ok okay good great well home done late sick ill tired hungry busy new
    just not so very really also still now currently based married single divorced engaged retired vegan vegetarian
    always never everyone everybody someone somebody nobody anyone people life work he she it they this that these those there who
    what when where why how which today tomorrow yesterday monday tuesday wednesday thursday friday saturday sunday
    january february march april may june july august september october november december the a an my our your his her
    their its we you if and but or as at by for from in of on to with yes no thanks thank please hello hi hey ah oh
    english maths physics chemistry biology history christmas easter god mom dad mum lol adhd autistic left right
    """.split()
) | DEMONYMS | BELIEFS  # fmt: skip

NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred"
).split()

CONDITIONS = (
    "asthma|diabetes|type [12] diabetes|epilepsy|adhd|autism|dyslexia|anxiety|depression|migraines?|hay fever|eczema"
    "|psoriasis|arthritis|tinnitus|insomnia|sleep apnoea|sleep apnea|high blood pressure|low blood pressure|ibs|crohn's(?: disease)?"
    "|co?eliac(?: disease)?|celiac disease|endometriosis|hypothyroidism|anemia|anaemia|a pacemaker|a heart condition"
    "|a bad back|a bad knee|vertigo|ptsd|ocd|fibromyalgia|gout|a hearing aid"
)
DIETS = (
    "vegan|vegetarian|pescatarian|pescetarian|flexitarian|co?eliac|celiac|diabetic|lactose[- ]intolerant|gluten[- ]intolerant"
    "|gluten[- ]free|dairy[- ]free|teetotal(?:ler)?|keto|halal|kosher|asthmatic|epileptic|dyslexic|colou?r[- ]?blind|pregnant"
)
PHONES = (
    r"(?:(?:Apple|Google|Samsung|Nokia|Sony|OnePlus|Motorola|Xiaomi|Huawei|Fairphone|Oppo|Honor) )?"
    r"(?:iPhone|Pixel|Galaxy|Fairphone|Nokia|Xperia|OnePlus|Moto|Redmi|Nothing Phone|Xiaomi|Huawei|Oppo|Motorola|Honor|Zenfone)"
    r"(?: (?:\d[\w+-]*|[A-Z]\d[\w+-]*|Pro|Max|Plus|Ultra|Mini|SE|XR|XS|Note|Fold|Flip|Edge|Lite|[a-z]\b))*"
)

VAGUE = frozenset(
    """it this that these those them him her you your how what when where to way idea sound look thing things everything
    something anything nothing one ones stuff more less much lot bit here there being seeing hearing talking chatting
    so such myself me feel feeling having point fact suggestion advice answer question new""".split()
)
"""First words of what one likes that only point elsewhere: "I love it", "I like your answer"."""

RELATIVE_HEADS = frozenset("way fact idea sound look feeling thought part possibility opportunity chance".split())


def is_job(phrase: str) -> bool:
    """Whether a noun phrase names a trade: by its last word."""
    words = phrase.lower().split()
    if not words or len(words) > 5 or NOT_JOBS.search(phrase):
        return False
    return words[-1] in JOBS


def could_be_name(word: str) -> bool:
    """Whether a capitalised word may name somebody: not a nationality, a month, the first word of a sentence."""
    return word.lower().rstrip(".") not in NOT_NAMES and not (word.isupper() and len(word) > 1)
