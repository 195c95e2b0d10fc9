"""Values that a made-up person can have: real ones mixed with invented names, words and numbers.

One value in eight (by its hash) is kept out of training, so that an evaluation asks for values that were never seen.
"""

import zlib
from collections.abc import Callable
from random import Random

UNSEEN_SHARE = 8

_NAMES = """
Ana Ben Carla David Elena Felix Grace Hugo Ines Jonas Karim Lena Marco Nina Oscar Paula Quentin Rosa Samir Tara Umar
Vera Wanda Xenia Yusuf Zoe Alice Bruno Chloe Diego Emma Farid Greta Hana Ivan Julia Kofi Lucia Mateo Nora Olga Pablo
Ravi Sofia Tomas Ursula Viktor Wei Yuki Zara Amir Bianca Cedric Dana Emil Fatima George Helen Ibrahim Jana Klaus Leila
Mira Noah Petra Rui Selma Theo Ulla Vito Astrid Boris Clara Dmitri Esther Finn Gita Henrik Irene Jakob Keiko Lars Mei
Niko Otto Priya Rafael Simon Tina Anton Beatriz Colin Daria Erik Flora Gustav Heidi Igor Joana Kamal Linda Maria Peter
Anna Tom Kate Jack Lucy Mark Susan Paul Laura James Sarah John Mary Robert Linh Chen Aisha Omar Miguel Pedro Teresa
""".split()
_PLACES = """
Porto;Lyon;Lisbon;Berlin;Madrid;Oslo;Rome;Vienna;Prague;Dublin;Ghent;Turin;Bergen;Malmo;Krakow;Seville;Leeds;Graz;Basel
Nantes;Bilbao;Utrecht;Aarhus;Tampere;Riga;Vilnius;Zagreb;Athens;Izmir;Cairo;Tunis;Accra;Lagos;Nairobi;Lima;Quito;Bogota
Boston;Denver;Austin;Chicago;Seattle;Toronto;Montreal;Kyoto;Osaka;Seoul;Hanoi;Mumbai;Delhi;Perth;Sydney;Auckland
New York;San Diego;Cape Town;Buenos Aires;Rio;London;Paris;Munich;Hamburg;Cologne;Milan;Naples;Geneva;Zurich;Brussels
Bristol;Glasgow;Cardiff;York;Bath;Cork;Galway;Tallinn;Helsinki;Stockholm;Warsaw;Budapest;Sofia;Valencia;Granada;Faro
"""
_FOODS = """
peanuts;shrimp;strawberries;milk;eggs;soy;walnuts;sesame;mushrooms;olives;coriander;tofu;pizza;sushi;ramen;lasagne
risotto;curry;tacos;paella;pancakes;falafel;couscous;gnocchi;dumplings;goulash;lentil soup;fish pie;apple cake;spinach
aubergine;celery;kiwi;mango;garlic;onions;tomatoes;cheese;honey;mustard;oysters;rice;beans;beetroot;cabbage;papaya
"""
_JOBS = """
nurse;teacher;baker;lawyer;pilot;plumber;welder;dentist;farmer;florist;engineer;architect;carpenter;chemist;editor;chef
tailor;translator;librarian;paramedic;photographer;surveyor;biologist;accountant;bus driver;tour guide;web designer
data analyst;physicist;potter;roofer;sailor;baker;barber;beekeeper;judge;optician;organist;postman;vet;weaver;midwife
"""
_COLOURS = (
    "red;blue;green;yellow;orange;purple;pink;black;white;grey;brown;teal;turquoise;beige;silver;gold;olive;violet"
)
_INSTRUMENTS = (
    "piano;violin;cello;flute;guitar;drums;trumpet;harp;oboe;banjo;accordion;clarinet;saxophone;ukulele;viola;bass"
)
_SPORTS = """
tennis;football;judo;rowing;chess;badminton;hockey;rugby;golf;handball;fencing
squash;volleyball;cricket;karate;curling
"""
_LANGUAGES = """
Portuguese;French;Spanish;German;Italian;Dutch;Polish;Czech;Greek;Turkish;Arabic;Hindi;Korean;Japanese;Thai;Swahili;Welsh
Danish;Finnish;Norwegian;Icelandic;Basque;Catalan;Croatian;Hungarian;Hebrew;Persian;Urdu;Bengali;Tamil;Vietnamese
"""
_SUBJECTS = """
biology;law;history;physics;chemistry;music;medicine;economics;philosophy;geology;linguistics;nursing;statistics
astronomy;botany;architecture;art history;computer science;marine biology;social work;theology;geography;journalism
"""
_HOBBIES = """
pottery;knitting;gardening;baking;birdwatching;climbing;painting;origami;sailing;surfing;chess;photography;weaving;hiking
beekeeping;calligraphy;fishing;juggling;magic;model trains;archery;astronomy;embroidery;swimming;cycling;yoga;camping
"""
_CARS = (
    "Volvo;Fiat;Toyota;Renault;Skoda;Honda;Opel;Mazda;Saab;Kia;Tesla;Audi;Seat;Ford;Dacia;Nissan;Peugeot;Citroen;Jeep"
)
_ANIMALS = "otter;fox;owl;whale;tiger;badger;heron;lynx;octopus;elephant;wolf;hare;seal;raven;penguin;turtle;bear;zebra"
_DIETS = "vegan;vegetarian;gluten-free;keto;kosher;halal;dairy-free;low-salt;paleo;sugar-free;pescatarian;raw"
_FEARS = (
    "spiders;heights;snakes;flying;the dark;dogs;needles;clowns;thunder;lifts;deep water;bees;crowds;mice;ghosts;germs"
)
_THINGS = (
    "stamps;coins;vinyl records;postcards;old maps;teapots;comics;marbles;keys;watches;shells;stones;masks;badges;pens"
)
_RIDES = "bus;tram;train;bike;metro;car;ferry;scooter;taxi;moped;cable car;boat"
_DRINKS = (
    "coffee;green tea;cider;lemonade;cocoa;mint tea;red wine;tonic water;apple juice;oat milk;kefir;ginger ale;espresso"
)
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_TITLE = """
river night garden glass winter stone house road moon island bread letter king silent long lost white paper golden storm
shadow bird city mountain last summer iron clock blue sea
""".split()
_COMPANY = [
    "Labs",
    "Bank",
    "Foods",
    "Works",
    "Group",
    "Studio",
    "Motors",
    "Media",
    "Systems",
    "Partners",
    "Press",
    "Tools",
]
_SCHOOL = ["School", "College", "Academy", "University", "Institute"]
_ONSETS = "b c d f g h j k l m n p r s t v w z br cr dr fl gl gr kl pl pr sk sl st tr th sh ch qu".split()
_VOWELS = "a e i o u a e i o ai ea ou io y".split()
_CODAS = " ; ; ; ;n;r;l;s;m;t;k;x;nd;rt;sh;lm".split(";")


def unseen(value: str) -> bool:
    """Whether a value is kept out of training."""
    return zlib.crc32(value.encode()) % UNSEEN_SHARE == 0


def word(rng: Random, syllables: int = 0) -> str:
    """An invented word."""
    count = syllables or rng.choice((1, 2, 2, 2, 2, 3))
    parts = (rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS).strip() for _ in range(count))
    made = "".join(parts)
    return made if len(made) > 2 else made + rng.choice("nrst")


def _name(rng: Random) -> str:
    return rng.choice(_NAMES) if rng.random() < 0.5 else word(rng).capitalize()


def _listed(text: str, capital: bool = False, invented: float = 0.4) -> Callable[[Random], str]:
    real = [item.strip() for line in text.strip().splitlines() for item in line.split(";")]

    def draw(rng: Random) -> str:
        if rng.random() >= invented:
            return rng.choice(real)
        made = word(rng)
        return made.capitalize() if capital else made

    return draw


def _surname(rng: Random) -> str:
    return ("Dr " if rng.random() < 0.7 else "") + word(rng, rng.choice((2, 2, 3))).capitalize()


def _company(rng: Random) -> str:
    made = word(rng).capitalize()
    return made if rng.random() < 0.4 else f"{made} {rng.choice(_COMPANY)}"


def _school(rng: Random) -> str:
    return f"{word(rng).capitalize()} {rng.choice(_SCHOOL)}"


def _title(rng: Random) -> str:
    words = [rng.choice(_TITLE) if rng.random() < 0.8 else word(rng) for _ in range(rng.choice((1, 2, 2, 3)))]
    return ("The " if rng.random() < 0.4 else "") + " ".join(w.capitalize() for w in words)


def _car(rng: Random) -> str:
    made = rng.choice(_CARS.split(";")) if rng.random() < 0.6 else word(rng).capitalize()
    return made if rng.random() < 0.5 else f"{made} {rng.choice('ABCEGKMSVX')}{rng.randint(1, 99)}"


def _date(rng: Random) -> str:
    return f"{rng.randint(1, 28)} {rng.choice(_MONTHS)}"


def _day(rng: Random) -> str:
    return rng.choice((f"on {rng.choice(_DAYS)}", f"on {_date(rng)}", f"on {_date(rng)}", f"in {rng.choice(_MONTHS)}"))


def _hour(rng: Random) -> str:
    return f"{rng.randint(5, 22)}:{rng.choice(('00', '15', '30', '45', f'{rng.randint(1, 59):02d}'))}"


def _code(rng: Random) -> str:
    if rng.random() < 0.6:
        return "".join(rng.choice("0123456789") for _ in range(rng.choice((3, 4, 4, 5, 6))))
    return "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ0123456789") for _ in range(rng.choice((3, 4, 5))))


def _network(rng: Random) -> str:
    made = word(rng)
    made = made.capitalize() if rng.random() < 0.5 else made
    return made + rng.choice(("", "-", "_")) + (str(rng.randint(1, 999)) if rng.random() < 0.6 else word(rng, 1))


def _money(rng: Random) -> str:
    return (
        f"{rng.choice((rng.randint(2, 99) * 10, rng.randint(20, 4000)))} {rng.choice(('euros', 'dollars', 'pounds'))}"
    )


def _street(rng: Random) -> str:
    return f"{word(rng, 2).capitalize()} {rng.choice(('Street', 'Road', 'Lane', 'Square'))}"


def _topic(rng: Random) -> str:
    return rng.choice(("{}", "{}", "favourite {}", "{} code", "{} size", "new {}", "{} number", "old {}")).format(
        word(rng)
    )


def _number(low: int, high: int) -> Callable[[Random], str]:
    return lambda rng: str(rng.randint(low, high))


KINDS: dict[str, Callable[[Random], str]] = {
    "name": _name,
    "place": _listed(_PLACES, capital=True),
    "food": _listed(_FOODS),
    "job": _listed(_JOBS),
    "colour": _listed(_COLOURS),
    "instrument": _listed(_INSTRUMENTS),
    "sport": _listed(_SPORTS),
    "language": _listed(_LANGUAGES, capital=True),
    "subject": _listed(_SUBJECTS),
    "hobby": _listed(_HOBBIES),
    "animal": _listed(_ANIMALS),
    "diet": _listed(_DIETS),
    "fear": _listed(_FEARS),
    "things": _listed(_THINGS),
    "ride": _listed(_RIDES),
    "drink": _listed(_DRINKS),
    "surname": _surname,
    "company": _company,
    "school": _school,
    "title": _title,
    "car": _car,
    "date": _date,
    "day": _day,
    "hour": _hour,
    "code": _code,
    "network": _network,
    "money": _money,
    "street": _street,
    "size": _number(30, 49),
    "age": _number(3, 99),
    "small": _number(2, 400),
    "word": word,
    "topic": _topic,
    "brand": lambda rng: word(rng).capitalize(),
}


def draw(kind: str, rng: Random, held_out: bool = False) -> str:
    """A value of a kind; of those kept out of training, or of the others."""
    for _ in range(400):
        value = KINDS[kind](rng)
        if unseen(value) == held_out:
            return value
    raise ValueError(f"no value of kind {kind!r} left")
