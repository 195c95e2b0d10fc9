"""Labelled pairs of sentences to judge a merge on: three public sets, and a made one of near-misses.

Made pairs differ in exactly one number, date or name, or one of the two says "not": none says the same twice.
"""

import csv
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Label = Literal["same", "different", "unclear"]


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two sentences, and whether people say that they mean the same."""

    one: str
    other: str
    label: Label
    note: str = ""


def public_sets(data: Path) -> dict[str, list[LabelledPair]]:
    """The public sets below a folder, by name."""
    return {"MSRP": list(_msrp(data)), "SICK": list(_sick(data)), "STS-B": list(_stsb(data))}


def _msrp(data: Path) -> Iterator[LabelledPair]:
    """Quality 1 is a paraphrase. The set is lenient: a paraphrase may leave details out."""
    for row in _rows(data / "pairs" / "msr-para-train.tsv"):
        yield LabelledPair(row[3], row[4], "same" if row[0] == "1" else "different", f"quality {row[0]}")


def _sick(data: Path) -> Iterator[LabelledPair]:
    """Related at 4.5 of 5 or more, and the first entails the second: what comes closest to "says the same" there."""
    for name in ("SICK_train.txt", "SICK_trial.txt"):
        for row in _rows(data / "pairs" / name):
            same = float(row[3]) >= 4.5 and row[4] == "ENTAILMENT"
            yield LabelledPair(row[1], row[2], "same" if same else "different", f"{row[3]} {row[4].lower()}")


def _stsb(data: Path) -> Iterator[LabelledPair]:
    """Similar at 4.8 of 5 or more says the same, below 4.0 something else; in between it is unclear."""
    for name in ("sts-train.csv", "sts-dev.csv"):
        for row in _rows(data / "pairs" / name, head=False):
            score = float(row[4])
            label: Label = "same" if score >= 4.8 else "different" if score < 4.0 else "unclear"
            yield LabelledPair(row[5], row[6], label, f"{score:g}")


def _rows(path: Path, *, head: bool = True) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [row for row in rows[1 if head else 0 :] if len(row) >= 5]


# -- made pairs


def _listed(text: str) -> list[str]:
    """What stands between bars, on any number of lines."""
    return [one.strip() for one in re.split(r"[|\n]", text) if one.strip()]


NAMES = """Anna Hanna Ana Anne Jon John Johan Marie Maria Mario Chloe Zoe Lea Leo Lena Tim Tom Nora Cora Sofia Sonia
Oslo Ostend Vienna Verona Lyon Leon Porto Turin Tours Bern Berlin Ghent Genoa Lima Lille Perth Bath
Nokia Sony Siemens Philips Bosch Ikea Tesla Telia Volvo Skoda Python Rust Ruby Java""".split()
NUMBERS = """2 3 5 7 12 13 15 50 30 31 115 150 1,500 15,000 1.5 2.5 7.5 0.5 four six eight nine eleven fourteen sixteen
sixty twenty-two forty-one""".split()
"""No value twice: "12" and "twelve" would say the same."""
CLOCKS = "6:30 7:30 7:45 8:15 18:30 17:45 09:10 10:09".split()
DATES = _listed(
    """
    3 May|4 May|3 June|13 May|May 2024|May 2025|June 2024|Monday|Tuesday|Sunday|3 May 2024|3 May 2025
    last spring|last autumn|tomorrow|yesterday|next week|last week|next month|1 January|31 January|2019|2020
    the morning|the evening
    """
)
PEOPLE = _listed(
    """
    my neighbour|my cousin|the plumber|my old teacher|a friend from work|my landlord|our accountant
    """
)
THINGS = _listed(
    """
    the boat|the piano|my old bike|the shed|a tent|the greenhouse|a camera|the workshop|my violin
    """
)
DOES = "repaired painted sold borrowed photographed inherited bought cleaned measured insured".split()
PLACES = "near the harbour|behind the station|by the lake|at the market|in the old town|beside the church".split("|")

NUMBER_FORMS = _listed(
    """
    I {does} {thing} for {0} euros|We have {0} chairs {place}|{who} keeps {0} hens {place}
    My tank holds {0} litres and {who} {does} it|I walk {0} km a day with {who}
    The code of the gate {place} is {0}|I paid {0} dollars to {who} for {thing}
    My blood sugar was {0} when {who} measured it|I take {0} pills before breakfast
    We need {0} metres of rope for {thing}|The house {place} is number {0}
    My son scored {0} points against {who}|I need {0} hours to reach {place_bare}, says {who}
    My flat {place} has {0} rooms|It takes {0} weeks to repair {thing}|My rent {place} went up by {0} percent
    I sleep {0} hours since {who} {does} {thing}|I am {0} cm taller than {who}
    """
)
READ_NUMBER_FORMS = _listed(
    """
    I am {0} years old|I have {0} cats|I have {0} children|My son is {0}|I smoke {0} cigarettes a day
    I work {0} hours a week|My budget for the trip is {0} euros|I run {0} km every day|I sleep {0} hours a night
    I have worked at Nokia for {0} years|I drink {0} cups of coffee a day|I live in flat {0}|My shoe size is {0}
    I am {0} cm tall|I weigh {0} kg|My daughter has {0} hamsters|I have lived in Ghent for {0} years
    """
)
CLOCK_FORMS = _listed(
    """
    I meet {who} at {0} {place}|My bus {place} leaves at {0}|I get up at {0} because of {who}
    {who} {does} {thing} at {0}|The shop {place} opens at {0}
    """
)
DATE_FORMS = _listed(
    """
    I {does} {thing} for {who} ({0})|The lease {place} ends on {0}|I saw {who} {place} on {0}
    {0} is when {who} {does} {thing}|My appointment with {who}: {0}|The party {place} is planned for {0}
    I have to return {thing} by {0}|{who} has been away since {0}|I wait for {thing} until {0}
    The warranty of {thing}: {0}|We moved {thing}, and that was {0}
    """
)
READ_DATE_FORMS = _listed(
    """
    My birthday is {0}|I moved to Lyon on {0}|I have worked at Nokia since {0}|I got married on {0}
    I'm flying to Porto on {0}|My sister's wedding is on {0}|I have lived in Ghent since {0}
    I quit smoking on {0}|My dog died on {0}|I start my new job on {0}|I was born on {0}
    I have an appointment with my dentist on {0}|I'm going to visit my mother on {0}
    """
)
NAME_FORMS = _listed(
    """
    {who} is called {0}|I {does} {thing} together with {0}|{0} {does} {thing} {place}|I owe {0} a favour
    {0} knows {who}|I met {who} in {0}|The best cake {place} is made by {0}|I trust {0} more than {who}
    {who} works for {0} now|I am learning {0} with {who}|{0} and I {does} {thing}|I wrote to {0} about {thing}
    {who} went to {0} for {thing}|I often think of {0} {place}|My dog {0} was found {place}
    {0}'s brother {does} {thing}|I gave {thing} to {0}|When I was ill, {0} {does} {thing}
    """
)
READ_NAME_FORMS = _listed(
    """
    I live in {0}|My sister is called {0}|My dog's name is {0}|I work at {0}|I work for {0}|My name is {0}
    I was born in {0}|My boss is {0}|I moved to {0} last year|My wife {0} is a nurse|I love {0}|I hate {0}
    My brother {0} lives in Bonn|I study physics in {0}|I'm going to {0} next week|I use {0} for work
    My sister lives in {0}|My best friend is {0}|My mother is from {0}|I want to visit {0}|I'm learning {0}
    Call me {0}|I drive a {0}|My daughter {0} is five years old|My cat is called {0}|My husband works at {0}
    """
)
NEGATIONS = _listed(
    """
    I eat meat with {who}/I don't eat meat with {who}|I am afraid of {who}/I am not afraid of {who}
    I like {thing} {place}/I dislike {thing} {place}|I trust {who}/I do not trust {who}
    I can lift {thing}/I can't lift {thing}|{who} {does} {thing}/{who} never {does} {thing}
    I have {thing} {place}/I no longer have {thing} {place}
    I rent a garage {place}/I used to rent a garage {place}
    I lend {thing} to {who}/I stopped lending {thing} to {who}|I want {who} to come/I want nobody to come
    I was {place} with {who}/I was {place} without {who}
    I will sell {thing} to {who}/I won't sell {thing} to {who}|I swim {place}/I hardly swim {place}
    I have been {place_bare} before/I have never been {place_bare} before
    {who} is allowed to use {thing}/{who} isn't allowed to use {thing}
    I should call {who}/I shouldn't call {who}
    I agree with {who} about {thing}/I disagree with {who} about {thing}
    There is room for {thing} {place}/There is no room for {thing} {place}
    I am able to visit {who}/I am unable to visit {who}
    I know {who} from {place_bare}/I know neither {who} nor {place_bare}
    I enjoy talking to {who}/I avoid talking to {who}|I remember {who}/I forget {who}
    I paid {who} for {thing}/I failed to pay {who} for {thing}
    I need help with {thing}/I need no help with {thing}
    We still meet {who} {place}/We don't meet {who} {place} any more
    My contract {place} is valid/My contract {place} is invalid
    {who} is happy with {thing}/{who} is unhappy with {thing}
    I accept what {who} says about {thing}/I reject what {who} says about {thing}|I like jazz/I don't like jazz
    I live in Ghent/I no longer live in Ghent|I eat fish/I don't eat fish|I smoke/I don't smoke
    I work at Nokia/I no longer work at Nokia|I have a dog/I don't have a dog|I'm married/I'm not married
    I'm allergic to nuts/I'm not allergic to nuts|I use Vim for work/I never use Vim for work
    I drink coffee/I stopped drinking coffee|My sister lives in Lyon/My sister doesn't live in Lyon
    I want to move to Porto/I don't want to move to Porto|I play chess/I never play chess
    I can swim/I can't swim|I'm a vegetarian/I'm not a vegetarian|I love opera/I hate opera
    My brother is a doctor/My brother is not a doctor|I drive a Volvo/I used to drive a Volvo
    I like my job/I dislike my job|I'm going to Rome in June/I'm not going to Rome in June
    I have a car/I have no car|I trust my boss/I don't trust my boss
    """
)


def made_pairs(each: int = 150, seed: int = 5) -> list[LabelledPair]:
    """`each` different pairs of a kind, or what there is: numbers (and times of day), dates, names, negations."""
    choose = random.Random(seed)
    forms: dict[str, list[tuple[list[str], list[str]]]] = {
        "number": [(NUMBER_FORMS + READ_NUMBER_FORMS, NUMBERS)] * 4 + [(CLOCK_FORMS, CLOCKS)],
        "date": [(DATE_FORMS + READ_DATE_FORMS, DATES)],
        "name": [(NAME_FORMS + READ_NAME_FORMS, NAMES)],
        "negation": [(NEGATIONS, [])],
    }
    found: list[LabelledPair] = []
    for kind, ways in forms.items():
        pairs: dict[tuple[str, str], None] = {}
        for _ in range(100 * each):
            one, other = _made(choose, *choose.choice(ways))
            if len(pairs) < each:
                pairs.setdefault((_sentence(one), _sentence(other)))
        found += [LabelledPair(one, other, "different", kind) for one, other in pairs]
    return found


def _made(choose: random.Random, forms: Sequence[str], values: Sequence[str]) -> tuple[str, str]:
    """A form with one of two values in it; without values, one of the two forms that it has."""
    form = _filled(choose, choose.choice(forms))
    one, other = choose.sample([form.replace("{0}", v) for v in values] or form.split("/"), 2)
    return one, other


def _filled(choose: random.Random, form: str) -> str:
    place = choose.choice(PLACES)
    values = {
        "who": choose.choice(PEOPLE),
        "thing": choose.choice(THINGS),
        "does": choose.choice(DOES),
        "place": place,
        "place_bare": place.split(" ", 1)[1],
    }
    return re.sub(r"\{(\w+)\}", lambda m: values.get(m[1], m[0]), form)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
