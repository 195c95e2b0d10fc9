"""Everyday words that mean nearly the same, and kinds of things with what belongs to them.

A small sentence model knows too little of how near *mend* is to *repair*, or that a wasp is an insect. These lists hold
what people tell an assistant about: home, family, work, health, food, hobbies, money. A missing word costs an answer.
"""

import re
from functools import lru_cache

_SAME = """
car automobile vehicle motor | bike bicycle cycle cycling cycled | motorbike motorcycle harley vespa scooter moped | lorry truck van
house home place | flat apartment condo bedsit studio | shop store business bookshop boutique | street road avenue lane | town city
village hamlet | holiday vacation trip getaway travel break | journey drive ride | aeroplane airplane plane fly flight flying
boss manager supervisor supervise supervising lead head chief mentor | colleague coworker workmate | job work profession occupation
career living trade | employer company firm employ employed employs work working joined | professionally profession work job | addicted addiction recovering clean sober gambler alcoholic | tenant lodger rent renter | leak leaking wrong broken damage problem roof | pseudonym pen alias nickname | salary wage pay stipend earn income paycheck | resign quit notice leave left | retire pension
repair mend fix | broken break broke fracture fractured smash crack bust packed | buy bought purchase get got acquire | sell sold flog | begin
start began started beginning begun | stop quit gave given give cease stopped | steal stole stolen nick nicked rob robbed burgled pinched
lose lost missing mislaid vanished | find found discover | lend lent borrow borrowed loan owe owed owes debt | save saving savings aside
away set | cost price fee bill charge pay paid invoice expensive | fine penalty ticket | rent housing lodging landlord | money cash euro
dollar pound | child children kid kids baby toddler boy girl son daughter | brother brothers sibling | sister sisters sibling | mother
mum mom mam mama mummy mommy | father dad papa daddy | grandmother granny grandma nan abuela oma | grandfather grandpa granddad grandad
abuelo opa | wife spouse partner | husband spouse partner | boyfriend partner dating fiance engaged | girlfriend partner dating fiancee
engaged | marry married wedding wed bride groom | engaged fiance fiancee proposed engagement | divorce divorced separated ex split | die
died death dead passed late lost widow widower alive funeral | birth born birthday | childhood boyhood girlhood youth raised grew grow
upbringing brought | parent parents mother father mum dad | relationship girlfriend boyfriend partner dating single breakup broke | roommate
flatmate housemate share sharing roommates flatmates | friend mate buddy pal chum | neighbour neighbor door | dog puppy hound terrier
greyhound labrador poodle spaniel chihuahua collie mutt retriever dachshund beagle corgi | cat kitten tabby tomcat moggy | cow cows cattle
dairy | chicken hen hens poultry | horse pony mare riding | breed mix cross pedigree terrier spaniel retriever | doctor gp physician
consultant surgeon | dentist teeth tooth dental | hospital clinic ward infirmary | operation surgery op operated replaced hernia surgical bypass transplant
removed | illness condition disease diagnosis diagnosed disorder | medicine medication med meds pill pills tablet tablets drug drugs
prescription inhaler insulin antibiotic | allergic allergy allergies reaction | sick ill unwell nauseous poorly vomit | pain hurt hurts ache
aching sore painful trouble | headache headaches migraine migraines | heart cardiologist cardiac cardiology | eye eyes eyesight sight vision
glasses contacts blind cataract | hearing deaf ear ears | injury injured sprain sprained tore torn broke broken twisted hurt fracture | scared
afraid fear fears terrified frightened scare scares phobia nervous petrified dread anxious | hate hates loathe detest dislike stand abide
bear despise | like love enjoy adore fond keen favourite favorite | prefer rather favourite favorite | want wish hope hoping love dream
like | admire respect idol hero best | angry furious cross mad annoyed | happy glad pleased | sad unhappy upset | worry worried anxious
nervous | eat food meal dish eating ate diet | cook cooking chef bake baking make recipe kitchen | drink alcohol booze beer wine drinking
drunk sober pint sherry pub teetotal | smoke smoking cigarette cigarettes pipe tobacco vape | coffee decaf espresso caffeine latte | tea
brew cuppa | vegetarian vegan veggie meat | milk dairy lactose cream | bread gluten wheat celiac coeliac sourdough | sweet sweets sugar dessert
candy chocolate | spicy chilli chili hot curry | breakfast morning | dinner supper evening | lunch noon | grocery groceries shopping food
errands | sport exercise training gym walk run workout fitness | run running jog jogging runner marathon race | swim swimming swimmer pool | football
soccer | race marathon triathlon championship competition | team club side | support root follow fan supporter | win won prize trophy medal
award | hobby pastime spare | read reading book novel biography | write wrote writing author novel | film movie cinema | watch binge
television tv series show shows programme drama | music song band group listen singer | sing singing choir singer | play plays instrument | paint
paints painting painter | dance dancing dancer flamenco ballet | puzzle crossword sudoku jigsaw | cards bridge poker whist rummy | garden
gardening allotment plot grow vegetables yard | collect collection collecting | learn learning study studying studies course lesson lessons
class classes | university college uni campus degree bachelor major studied | school pupil primary secondary elementary | teach teaches teacher lesson lessons
taught tutor | exam exams test tests assessment | pass passed | thesis doctorate phd dissertation | article paper publication journal | scholarship
grant bursary | language speak bilingual tongue fluent | childhood grew | move moved moving relocate relocated emigrate emigrated go went |
live lives living reside based stationed dwell home | born birth birthplace native | come comes from originally | office desk work | share shared
sharing split | sleep asleep awake night insomnia snore snores | noise loud hum snoring hums noisy snores drums | alarm wake waking getup clock
| code pin combination password passcode | phone mobile cell smartphone iphone android pixel | computer laptop pc macbook | screen monitor
display | passport document visa papers | licence license permit | key keys | gift present presents souvenir | give gave given get received
bequeathed leave inherit inherited | appliance fridge washing machine dishwasher oven boiler dryer | heating boiler radiator furnace | winter
cold snow freezing | summer hot july august june | season winter summer spring autumn fall | spring easter | weekend saturday sunday saturdays
sundays weekends | evening night tonight | deliver delivery delivered ordered order parcel arrive comes | appointment checkup check booked
visit | meet met encounter | famous celebrity queen king star | move relocation | church mass chapel parish worship | vote voted election |
bake bread cake baker | hospitalised hospital stroke | guest guests coming invited people | swallow swallowed ate eaten | fall fell fallen |
medal place came third second first | lift lifts elevator stairs | insects bugs | bee bees beehive hive hives honey beekeeper | violin fiddle
| fast quick speed | boat ship yacht sailing sail | fish fishing angling | tax taxes accountant | lawyer solicitor attorney barrister law |
nurse nursing midwife | police officer cop constable | soldier army navy military troops marines | wait waiting expecting | emergency duty call
| business company trade shop firm | expect expecting pregnant due | career pilot become | become wants grows | bank loan mortgage lend | clothes
wear wearing dress | trip driving travelling traveling going | name called named | tall height | climb climbing bouldering | tyre tire tires |
dishonest cheat cheats cheating | speak talk phone calls call phones spoken ring rings | often every weekly daily | foot feet shoe shoes | finger
fingers hand hands thumb thumbs | bone wrist arm leg ankle collarbone rib | arm forearm elbow wrist | skiing snowboarding ski | beach sea seaside
coast | forbid forbidden banned avoid allowed allergic no | avoid never off | languages spanish | university lecturer professor
| stomach tummy digest intolerant | customers clients | medication tablets | housework cleaning | rival enemy | diploma certificate certification
| score mark grade result points | inspection mot | manager foreman | postman mailman post
"""
_KINDS = """
habit: smoking smoke cigarettes drinking alcohol gambling gamble vaping biting swearing snacking procrastinating
insect: wasp bee ant moth fly mosquito beetle spider hornet butterfly cockroach bug
fruit: apple banana pear grape grapefruit orange lemon lime mango cherry strawberry raspberry blueberry plum peach kiwi melon pineapple fig
vegetable: carrot leek potato onion pea bean cabbage celery broccoli sprout tomato spinach courgette zucchini pepper lettuce beetroot turnip garlic cucumber aubergine eggplant
herb: coriander cilantro basil parsley mint thyme rosemary sage dill oregano
spice: chilli chili cinnamon pepper ginger cumin turmeric saffron paprika clove nutmeg cardamom
meat: beef pork lamb chicken steak bacon ham sausage turkey duck veal mutton burger
seafood: oyster prawn shrimp crab lobster mussel clam squid scallop fish salmon tuna cod shellfish
nut: peanut almond hazelnut walnut cashew pistachio
food: cheese bread pasta rice egg soup pizza curry sushi chocolate meat fish fruit vegetable nut dairy gluten mushroom olive
dish: curry stew soup pizza lasagne lasagna paella risotto casserole roast pie dumpling ramen sushi taco chili pasta
drink: coffee tea wine beer juice water whisky whiskey gin rum vodka cider milk cocoa sherry lemonade cola soda
dairy: milk cheese butter yoghurt yogurt cream
sport: football soccer tennis padel badminton squash cricket rugby hockey golf basketball baseball volleyball netball handball swimming swim running rowing judo karate boxing climbing cycling skiing fencing athletics wrestling softball surfing archery lacrosse bowls darts snooker gymnastics yoga
instrument: piano guitar violin fiddle viola cello bass drum trumpet cornet trombone horn tuba flute clarinet oboe bassoon saxophone harp accordion banjo ukulele mandolin organ keyboard harmonica recorder bagpipes
pet: dog cat hamster rabbit parrot budgie goldfish tortoise kitten puppy pony guinea gerbil snake lizard terrier greyhound canary ferret
animal: dog cat horse cow sheep goat pig hen chicken duck octopus whale dolphin elephant lion tiger bear wolf fox bird fish snake frog monkey bat seal deer rabbit dinosaur penguin turtle shark
bird: parrot budgie canary owl eagle gull seagull swan duck goose robin sparrow crow pigeon penguin
vehicle: car van lorry truck bus bike bicycle motorbike motorcycle scooter boat skoda volvo toyota ford honda corolla rover fiat renault tesla bmw audi mercedes nissan mazda kia hyundai subaru volkswagen vw golf harley jeep pickup camper tractor
car: skoda volvo toyota ford honda corolla rover fiat renault tesla bmw audi mercedes nissan mazda kia hyundai subaru volkswagen vw golf jeep peugeot citroen opel seat mini fiesta civic prius dacia
season: spring summer autumn winter fall
month: january february march april may june july august september october november december
body: back knee hip shoulder neck ankle wrist arm leg foot hand finger toe eye ear heart head stomach lung kidney liver spine elbow thumb forearm jaw nose
bone: wrist arm leg ankle collarbone rib hip shoulder finger toe forearm elbow skull pelvis jaw foot hand
joint: knee hip shoulder elbow wrist ankle thumb finger
illness: diabetes asthma epilepsy arthritis migraine eczema psoriasis cancer depression anxiety adhd autism flu covid celiac coeliac stroke pneumonia anaemia gout hypertension ibs dementia parkinson shingles
condition: diabetes asthma epilepsy arthritis migraine eczema psoriasis cancer depression anxiety adhd autism celiac coeliac murmur hypertension ibs dyslexia tinnitus intolerant allergic
injury: sprain break broke broken tore torn fracture concussion burn burned cut wrist ankle knee
medicine: penicillin aspirin ibuprofen paracetamol warfarin insulin antibiotic statin metformin codeine morphine amoxicillin prozac tablet pill inhaler tylenol
medication: warfarin insulin antibiotic statin metformin tablet pill inhaler aspirin ibuprofen paracetamol beta blocker
relative: mother father sister brother aunt uncle cousin niece nephew grandmother grandfather grandson granddaughter mum dad mom son daughter
family: mother father sister brother aunt uncle cousin niece nephew grandmother grandfather grandson granddaughter mum dad mom son daughter wife husband
grandchild: grandson granddaughter
sibling: brother sister twin
appliance: fridge freezer oven cooker dishwasher dryer kettle toaster boiler microwave hoover vacuum machine
furniture: table chair sofa couch bed wardrobe desk shelf bookcase
building: house cottage flat castle barn church tower cabin bungalow
language: english french german spanish italian portuguese dutch polish russian chinese mandarin japanese korean arabic hindi welsh irish latin turkish greek swedish swahili gujarati bilingual
music: jazz blues rock pop classical folk punk metal rap hip-hop opera reggae country k-pop techno soul
musician: singer band guitarist pianist composer
reptile: snake lizard tortoise turtle gecko
flower: rose tulip dahlia lily daffodil orchid sunflower daisy iris peony lavender
tree: oak ash elm birch pine fir willow maple beech apple cherry
subject: maths math physics chemistry biology history geography english art music law medicine economics philosophy psychology literature engineering nursing
business: shop bookshop bakery cafe restaurant garage bar pub hotel farm salon studio agency brewery workshop store startup start-up
industry: bank hospital school software insurance oil construction film fashion farming retail tourism
document: passport licence license visa certificate diploma contract
scientist: chemist physicist biologist
doctor: paediatrician pediatrician cardiologist surgeon gp dermatologist neurologist oncologist psychiatrist physician
game: chess bridge poker scrabble monopoly
show: anime series drama sitcom soap documentary
jewellery: ring necklace bracelet earring watch
course: pottery yoga photography cooking spanish
shift: night early late
position: forward striker goalkeeper midfielder defender guard centre center winger
weather: rain snow wind sun storm icy cold heat
"""

_SUFFIXES = "ations ation ingly ically ings ing ies ied ical ic ers er ed es ly y s e".split()


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A plain English stem: enough to join *allergic* with *allergy*, *works* with *working*."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def _same() -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, group in enumerate(" ".join(_SAME.split()).split("|")):
        for word in group.split():
            groups.setdefault(stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


def _kinds() -> dict[str, frozenset[str]]:
    kinds = {}
    for line in _KINDS.strip().splitlines():
        kind, members = line.split(":")
        kinds[stem(kind)] = frozenset(map(stem, members.split()))
    return kinds


SAME = _same()
KINDS = _kinds()
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+", re.UNICODE)


def stems_of(text: str) -> frozenset[str]:
    """The stems of all words of a text, of joined ones also the parts."""
    words = _WORD.findall(text)
    return frozenset(stem(word) for word in (*words, *(part for word in words for part in word.split("-"))))


def support(word: str, stems: frozenset[str]) -> float:
    """How far words with these stems stand for `word`: 1 the word itself, less for its like, its kind and its sort."""
    asked = stem(word)
    if asked in stems:
        return 1.0
    groups = SAME.get(asked, frozenset())
    if any(groups & SAME.get(other, frozenset()) for other in stems):
        return 0.9
    if KINDS.get(asked, frozenset()) & stems:
        return 0.9
    return 0.7 if any(asked in KINDS.get(other, ()) for other in stems) else 0.0


def is_everyday(word: str) -> bool:
    """Whether a word is in these lists, so that it is nobody's name."""
    return stem(word) in SAME or stem(word) in KINDS
