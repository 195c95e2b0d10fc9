"""Labelled pairs of statements: `python -m benchmarks.make_pairs > sleep/data/pairs.jsonl`.

Each frame is one fact in several wordings. Two wordings of the same fact are a duplicate; a near-miss differs in one
number, date, name, place, object, colour, unit, quantifier or negation, in who does what to whom, or in the time of
the verb. All statements are made up here.
"""

# ruff: noqa: E501  (a wording is read as a line)
import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

FILLERS = {
    "name": "Ana Ben Chloe Dora Emil Farid Greta Hugo Ines Jonas Karim Lena Milo Nora Omar Paula".split(),
    "city": "Lyon Porto Graz Oslo Turin Ghent Cork Malmo Leeds Nantes Seville Utrecht Bergen Basel".split(),
    "firm": "Acme Airbus Novartis Siemens Nokia Ikea Spotify Bosch Philips Renault".split(),
    "job": "nurse|teacher|plumber|baker|pilot|translator|carpenter|midwife|librarian|chef".split("|"),
    "food": "peanuts|shellfish|gluten|strawberries|walnuts|sesame|celery|mustard".split("|"),
    "dish": "coriander|liquorice|olives|mushrooms|beetroot|sushi|lentils|blue cheese".split("|"),
    "drink": "tea|coffee|cider|lemonade|cocoa|beer|kefir".split("|"),
    "colour": "purple cyan green crimson turquoise yellow maroon orange".split(),
    "animal": "dog cat rabbit parrot hamster tortoise".split(),
    "pet": "Rufus Minka Biscuit Pepper Olaf Tofu Luna Bruno".split(),
    "sport": "swimming|climbing|rowing|fencing|judo|tennis|badminton|archery".split("|"),
    "instrument": "piano|cello|trumpet|guitar|flute|accordion|violin".split("|"),
    "language": "Spanish Polish Danish Greek Turkish Finnish Arabic Welsh".split(),
    "rel": "sister brother mother father aunt uncle cousin boss neighbour".split(),
    "car": "Volvo Fiat Skoda Renault Toyota Mazda Peugeot".split(),
    "phone": "Pixel 8|iPhone 15|Fairphone 5|Galaxy S24|Nokia 3310|Xperia 5".split("|"),
    "day": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "month": "January February March April June July August September October November December".split(),
    "date": "3 11 12 17 21 24 28".split(),
    "year": "1984 1990 1995 2001 2012 2019".split(),
    "small": "2 3 4 5 6 7 8 9".split(),
    "number": "12 15 20 25 30 40 45 50 60 75".split(),
    "hour": "6 7 8 9 10 11".split(),
    "thing": "book|ladder|camera|tent|drill|suitcase|bicycle|raincoat".split("|"),
    "band": "Radiohead|Blur|Portishead|Björk|Abba|Muse|Gorillaz".split("|"),
    "tool": "Vim|Emacs|Firefox|Debian|Python|Rust".split("|"),
    "place": "garage|cellar|kitchen|attic|office|hallway".split("|"),
}  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """A fact in several wordings; `misses` are other facts that look like it, by what differs."""

    wordings: tuple[str, ...]
    misses: dict[str, str] = field(default_factory=dict)
    swaps: tuple[tuple[str, str], ...] = ()
    """Pairs of fillers that change the fact when they change places."""


def frame(*wordings: str, swaps: tuple[tuple[str, str], ...] = (), **misses: str) -> Frame:
    return Frame(wordings, misses, swaps)


FRAMES = (
    frame("I live in {city}.", "I'm living in {city} now.", "I currently live in {city}.", "I reside in {city}.", "My home is in {city}.",
          negation="I don't live in {city}.", tense="I used to live in {city}.", ended="I no longer live in {city}.", plan="I'm going to live in {city}.", place="I live near {city}."),
    frame("I work at {firm}.", "I'm working at {firm}.", "I work for {firm}.", "I'm employed at {firm}.", "My employer is {firm}.",
          negation="I don't work at {firm}.", tense="I used to work at {firm}.", ended="I no longer work at {firm}.", time="I work at {firm} on {day}s."),
    frame("I work as a {job}.", "I'm a {job}.", "I'm working as a {job}.", "My job is {job}.", "I'm a {job} by profession.",
          tense="I used to work as a {job}.", ended="I no longer work as a {job}.", plan="I want to be a {job}.", who="My sister works as a {job}."),
    frame("I'm allergic to {food}.", "I am allergic to {food}.", "I have an allergy to {food}.", "I also am allergic to {food}.",
          negation="I'm not allergic to {food}.", degree="I'm slightly allergic to {food}.", who="My son is allergic to {food}.", fear="I'm afraid of {food}."),
    frame("I hate {dish}.", "I can't stand {dish}.", "I really hate {dish}.", "I loathe {dish}.", "I can not bear {dish}.",
          negation="I don't hate {dish}.", opposite="I love {dish}.", quantity="I rarely hate {dish}.", who="Ana hates {dish}.", part="I hate raw {dish}."),
    frame("I love {dish}.", "I really love {dish}.", "I adore {dish}.", "I'm crazy about {dish}.",
          opposite="I hate {dish}.", negation="I don't love {dish}.", tense="I used to love {dish}.", part="I love pickled {dish}."),
    frame("I don't like {band}.", "I do not like {band}.", "I dislike {band}.", "I don't enjoy {band}.", "I don't really like {band}.",
          negation="I like {band}.", ended="I don't like {band} any more.", who="Ben doesn't like {band}."),
    frame("My favourite colour is {colour}.", "My favorite color is {colour}.", "{colour} is my favourite colour.",
          negation="My favourite colour is not {colour}.", who="My brother's favourite colour is {colour}.", tense="My favourite colour was {colour}.", thing="My favourite coat is {colour}."),
    frame("My {animal} is called {pet}.", "My {animal}'s name is {pet}.", "My {animal} is named {pet}.", "I have a {animal} called {pet}.", "The name of my {animal} is {pet}.",
          negation="My {animal} isn't called {pet}.", who="Ana's {animal} is called {pet}.", tense="My {animal} was called {pet}.", thing="My boat is called {pet}."),
    frame("My {rel} {name} lives in {city}.", "My {rel} {name} is living in {city}.", "My {rel} {name} resides in {city}.", "{name}, my {rel}, lives in {city}.",
          negation="My {rel} {name} doesn't live in {city}.", ended="My {rel} {name} no longer lives in {city}.", tense="My {rel} {name} lived in {city}."),
    frame("{name} owes {name2} {number} euros.", "{name} owes {name2} {number} €.", "{name} still owes {name2} {number} euros.",
          negation="{name} doesn't owe {name2} {number} euros.", unit="{name} owes {name2} {number} dollars.", swaps=(("name", "name2"),)),
    frame("I prefer {drink} to {drink2}.", "I really prefer {drink} to {drink2}.", "I do prefer {drink} to {drink2}.", "I like {drink} better than {drink2}.",
          negation="I don't prefer {drink} to {drink2}.", time="I prefer {drink} to {drink2} in the evening.", swaps=(("drink", "drink2"),)),
    frame("I run {small} km every {day}.", "Every {day} I run {small} km.", "I run {small} kilometres every {day}.", "On {day}s I run {small} km.", "I run {small} kilometers each {day}.",
          unit="I run {small} miles every {day}.", quantity="I run {small} km every other {day}.", negation="I don't run {small} km every {day}.", act="I cycle {small} km every {day}."),
    frame("I get up at {hour} am.", "I get up at {hour} a.m.", "At {hour} am I get up.", "I get up at {hour}am.", "I wake up at {hour} am.",
          unit="I get up at {hour} pm.", bound="I get up before {hour} am.", time="I get up at {hour} am on {day}s.", negation="I never get up at {hour} am."),
    frame("I was born on {date} {month} {year}.", "I was born on {month} {date}, {year}.", "I was born on the {date}th of {month} {year}.", "My date of birth is {date} {month} {year}.",
          who="Ana was born on {date} {month} {year}.", event="I was baptised on {date} {month} {year}."),
    frame("My dentist appointment is on {date} {month}.", "My dentist appointment is on {month} {date}.", "My appointment at the dentist is on {date} {month}.", "My dentist appointment is on the {date}th of {month}.",
          thing="My doctor appointment is on {date} {month}.", negation="My dentist appointment isn't on {date} {month}.", time="My dentist appointment is after {date} {month}."),
    frame("I have {small} cats.", "I've got {small} cats.", "I own {small} cats.", "I also have {small} cats.",
          thing="I have {small} rats.", tense="I had {small} cats.", bound="I have at least {small} cats.", negation="I don't have {small} cats.", plan="I want {small} cats."),
    frame("I play the {instrument}.", "I play {instrument}.", "I can play the {instrument}.", "I'm a {instrument} player.",
          tense="I played the {instrument}.", negation="I don't play the {instrument}.", act="I sell the {instrument}.", who="My daughter plays the {instrument}.", quantity="I sometimes play the {instrument}."),
    frame("I'm learning {language}.", "I am learning {language}.", "I'm currently learning {language}.", "I'm studying {language}.", "At the moment I am learning {language}.",
          act="I'm teaching {language}.", ended="I stopped learning {language}.", tense="I learned {language}.", plan="I want to learn {language}."),
    frame("I speak {language} and {language2}.", "I speak {language2} and {language}.", "I speak both {language} and {language2}.", "{language} and {language2} are the languages I speak.",
          negation="I speak {language} but not {language2}.", choice="I speak {language} or {language2}."),
    frame("I drive a {car}.", "I'm driving a {car}.", "My car is a {car}.", "I have a {car}.", "The car I drive is a {car}.",
          negation="I don't drive a {car}.", tense="I drove a {car}.", plan="I'm buying a {car}.", who="Greta drives a {car}.", ended="I sold my {car}."),
    frame("My phone is a {phone}.", "I have a {phone}.", "I use a {phone}.", "My mobile phone is a {phone}.", "My smartphone is a {phone}.",
          negation="My phone isn't a {phone}.", tense="My phone was a {phone}.", thing="My alarm clock is a {phone}."),
    frame("{name} is {name2}'s boss.", "{name2}'s boss is {name}.", "{name} is the boss of {name2}.", "{name} is {name2}'s manager.",
          relation="{name} is {name2}'s aunt.", negation="{name} is not {name2}'s boss.", tense="{name} was {name2}'s boss.", swaps=(("name", "name2"),)),
    frame("{name} is older than {name2}.", "{name} is actually older than {name2}.", "{name}'s older than {name2}.", "{name2} is younger than {name}.",
          opposite="{name} is younger than {name2}.", swaps=(("name", "name2"),)),
    frame("I lent {name} my {thing}.", "I lent my {thing} to {name}.", "I've lent {name} my {thing}.", "{name} borrowed my {thing}.",
          opposite="I borrowed {name}'s {thing}.", swap="{name} lent me a {thing}.", negation="I didn't lend {name} my {thing}.", who="Paula lent {name} my {thing}."),
    frame("I moved from {city} to {city2}.", "I have moved from {city} to {city2}.", "I moved to {city2} from {city}.", "I moved from {city} over to {city2}.",
          negation="I didn't move from {city} to {city2}.", plan="I'm moving from {city} to {city2}.", swaps=(("city", "city2"),)),
    frame("I always drink {drink} in the morning.", "In the morning I always drink {drink}.", "I always drink {drink} in the mornings.", "I always have {drink} in the morning.",
          quantity="I sometimes drink {drink} in the morning.", negation="I never drink {drink} in the morning.", time="I always drink {drink} in the evening.", act="I always spill {drink} in the morning."),
    frame("All my cousins live in {city}.", "All of my cousins live in {city}.", "All my cousins reside in {city}.", "All my cousins are living in {city}.",
          quantity="Most of my cousins live in {city}.", some="Some of my cousins live in {city}.", none="None of my cousins live in {city}.", who="All my uncles live in {city}."),
    frame("I weigh {number} kg.", "I weigh {number} kilos.", "I weigh {number} kilograms.", "My weight is {number} kg.",
          unit="I weigh {number} pounds.", tense="I weighed {number} kg.", bound="I weigh almost {number} kg.", plan="I want to weigh {number} kg."),
    frame("My rent is {number} euros a week.", "My rent is {number} € a week.", "I pay {number} euros of rent a week.", "My weekly rent is {number} euros.",
          unit="My rent is {number} euros a month.", money="My rent is {number} pounds a week.", thing="My salary is {number} euros a week."),
    frame("I go {sport} on {day}s.", "On {day}s I go {sport}.", "I go {sport} every {day}.", "Every {day} I go {sport}.", "I go to {sport} on {day}s.",
          negation="I don't go {sport} on {day}s.", quantity="I rarely go {sport} on {day}s.", tense="I went {sport} on {day}s.", ended="I no longer go {sport} on {day}s."),
    frame("I'm married to {name}.", "I am married to {name}.", "{name} and I are married.", "My spouse is {name}.",
          negation="I'm not married to {name}.", relation="I'm engaged to {name}.", tense="I was married to {name}.", who="My boss is married to {name}."),
    frame("I don't eat meat on {day}s.", "On {day}s I don't eat meat.", "I do not eat meat on {day}s.", "I eat no meat on {day}s.",
          negation="I eat meat on {day}s.", part="I don't eat red meat on {day}s.", only="I only eat meat on {day}s.", thing="I don't eat fish on {day}s."),
    frame("I stopped smoking in {year}.", "In {year} I stopped smoking.", "I quit smoking in {year}.", "I gave up smoking in {year}.",
          opposite="I started smoking in {year}.", thing="I stopped drinking in {year}.", who="My father stopped smoking in {year}."),
    frame("The keys are in the {place}.", "The keys are kept in the {place}.", "My keys are in the {place}.", "The keys hang in the {place}.",
          negation="The keys are not in the {place}.", thing="The bikes are in the {place}.", tense="The keys were in the {place}.", where="The keys are behind the {place}."),
    frame("{name} gave {name2} a {thing}.", "{name} has given {name2} a {thing}.", "{name} gave a {thing} to {name2}.", "{name2} got a {thing} from {name}.",
          negation="{name} didn't give {name2} a {thing}.", plan="{name} will give {name2} a {thing}.", swaps=(("name", "name2"),)),
    frame("I sat left of {name} at the wedding.", "At the wedding I sat left of {name}.", "I sat to the left of {name} at the wedding.", "I was sitting left of {name} at the wedding.",
          opposite="I sat right of {name} at the wedding.", where="I sat left of {name} at the funeral."),
    frame("I use {tool} for work.", "I am using {tool} for work.", "For work I use {tool}.", "I use {tool} at work.",
          negation="I don't use {tool} for work.", ended="I no longer use {tool} for work.", part="I use {tool} for fun."),
    frame("Answer in at most {small} sentences.", "Please answer in at most {small} sentences.", "Answer me in {small} sentences at most.", "Keep answers to at most {small} sentences.",
          bound="Answer in at least {small} sentences.", unit="Answer in at most {small} words.", negation="Don't answer in at most {small} sentences."),
    frame("I want to visit {city} with {name}.", "I would like to visit {city} with {name}.", "I want to visit {city} together with {name}.", "With {name} I want to visit {city}.",
          negation="I don't want to visit {city} with {name}.", opposite="I want to visit {city} without {name}.", tense="I visited {city} with {name}."),
)  # fmt: skip


def filled(frame: Frame, choose: random.Random) -> dict[str, str]:
    """Different fillers for all places of a frame."""
    texts = " ".join((*frame.wordings, *frame.misses.values()))
    values: dict[str, str] = {}
    for name, choices in FILLERS.items():
        first, second = choose.sample(choices, 2)
        values |= {name: first, f"{name}2": second}
    return {name: value for name, value in values.items() if f"{{{name}}}" in texts}


def said(form: str, values: dict[str, str]) -> str:
    text = form.format(**values)
    return text[:1].upper() + text[1:]


def pairs(frame: Frame, number: int, choose: random.Random, duplicates: int) -> Iterator[dict[str, object]]:
    """The pairs of one frame: duplicates, then one near-miss for each thing that can differ."""
    for _ in range(duplicates):
        values = filled(frame, choose)
        one, other = choose.sample(frame.wordings, 2)
        yield _pair(number, said(one, values), said(other, values), True, "words")
    for why, form in frame.misses.items():
        values = filled(frame, choose)
        yield _pair(number, said(choose.choice(frame.wordings), values), said(form, values), False, why)
    for one, other in frame.swaps:
        values = filled(frame, choose)
        for form in frame.wordings[:2]:
            turned = values | {one: values[other], other: values[one]}
            yield _pair(number, said(form, values), said(form, turned), False, "swap")
    values = filled(frame, choose)
    for name in (name for name in values if any(f"{{{name}}}" in w for w in frame.wordings)):
        for _ in range(5):
            changed = choose.choice([v for v in FILLERS[name.rstrip("2")] if v not in values.values()])
            form, again = (choose.choice([w for w in frame.wordings if f"{{{name}}}" in w]) for _ in range(2))
            yield _pair(number, said(form, values), said(form, values | {name: changed}), False, name.rstrip("2"))
            yield _pair(number, said(form, values), said(again, values | {name: changed}), False, name.rstrip("2"))


def _pair(frame: int, one: str, other: str, same: bool, why: str) -> dict[str, object]:
    return {"one": one, "other": other, "same": same, "differs": "" if same else why, "frame": frame}


def made(seed: int, duplicates: int = 9) -> list[dict[str, object]]:
    """All pairs, each once."""
    choose = random.Random(seed)
    found = [pair for number, frame in enumerate(FRAMES) for pair in pairs(frame, number, choose, duplicates)]
    return list({(str(p["one"]), str(p["other"])): p for p in found if p["one"] != p["other"]}.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    for pair in made(options.seed):
        print(json.dumps(pair, ensure_ascii=False))


if __name__ == "__main__":
    main()
