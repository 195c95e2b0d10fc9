"""The made home: messages, the vectors they have, questions about them, and what is new to its next night.

A message is a plain sentence and some rare words (Zipf, as in real text). There are `SENTENCES` different sentences,
which the default embedder reads; the vector of a message is its sentence's, moved a little by a direction of its own.
So neighbours are many and uneven, as in a real home, and a million of them are made in minutes instead of hours.
Questions are embedded for real.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from memory.vectors.base import Embedder, EmbedderIdentity

if TYPE_CHECKING:
    from memory.vectors.base import Matrix

SENTENCES = 1_000
RARE_WORDS = 30_000
MOVED = 0.75
"""How long the direction of its own is: two messages of one sentence have a cosine of 0.64, as paraphrases do."""
END = ". "

WHO = """Ana|Ben|Chloe|Dora|Emil|Farid|Greta|Hugo|Ines|Jonas|Kira|Lars|Mina|Nils|my sister|my boss|our neighbour
|the vet|my aunt|the plumber|my old teacher|our landlord|my cousin|the baker""".replace("\n", "").split("|")
DOES = """moved to|works at|is cooking for|forgot|bought|painted|repaired|wrote about|dreams of|is afraid of|visited
|planted|sold|borrowed|is learning|complained about|is planning|lost|found|praised|photographed|paid for|talked about
|broke""".replace("\n", "").split("|")
WHAT = """Lyon|the bakery|forty guests|the umbrella|a red bicycle|the fence|the roof|old maps|a boat|thunder|the museum
|tomatoes|the piano|a ladder|Portuguese|the noise|a wedding|the keys|a letter|the soup|chess|the garden|the stove
|a violin|the winter coat|olive oil|the train to Basel|a tent|the dentist|candles""".replace("\n", "").split("|")
WHEN = "yesterday|last week|on Monday|in spring|before lunch|for years|again|in the rain|at night|in June".split("|")
NEW = """I live in {0} now.|I work at {0} Works.|My sister is called {0}.|I like {0}.|I don't eat {0} any more.
|I'm flying to {0} on 12 October.|Yesterday I met {0} in the park.|My favourite band is {0}.|Thanks, {0} it is.
|What do you know about {0}?|I decided against the {0}.|{0} came for dinner last Friday.""".replace("\n", "").split("|")
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]


def sentences(seed: int) -> list[str]:
    """What is talked about: different plain sentences."""
    chance = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < SENTENCES:
        found[f"{chance.choice(WHO)} {chance.choice(DOES)} {chance.choice(WHAT)} {chance.choice(WHEN)}"] = None
    return list(found)


def messages(count: int, seed: int) -> Iterator[str]:
    """A sentence, and up to sixteen words of which few are common; the word of rank n is as frequent as 1/n."""
    chance, said = random.Random(seed), sentences(seed)
    words, weights = _rare_words(seed)
    for number in range(count):
        more = chance.choices(words, cum_weights=weights, k=chance.randint(0, 16))
        yield f"{chance.choice(said)}{END}{' '.join(more)} no {number:x}."


def questions(count: int, seed: int) -> list[str]:
    """About what the sentences say: with two of its words, with who as well, or with a rare word beside them."""
    chance = random.Random(seed + 1)
    words, weights = _rare_words(seed)
    forms = ("When did {who} think of {what}?", "Who {does} {what}?", "What about {who} and {what} {when}?",
             "Do you know if {who} {does} {what}?", "What did I say about {rare} and {what}?")  # fmt: skip
    return [
        forms[number % len(forms)].format(
            who=chance.choice(WHO), does=chance.choice(DOES), what=chance.choice(WHAT), when=chance.choice(WHEN),
            rare=chance.choices(words, cum_weights=weights)[0],
        )
        for number in range(count)
    ]  # fmt: skip


def news(count: int, seed: int) -> list[str]:
    """New messages: statements, questions and small talk, about as many things as there are messages."""
    chance = random.Random(seed + 2)
    names = ["".join(chance.choices(_SYLLABLES, k=3)).title() for _ in range(count)]
    return [NEW[number % len(NEW)].format(name) for number, name in enumerate(names)]


def _rare_words(seed: int) -> tuple[list[str], list[float]]:
    chance = random.Random(seed + 3)
    names = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(RARE_WORDS)]
    return names, list(accumulate(1 / (rank + 10) for rank in range(RARE_WORDS)))


class MadeEmbedder:
    """Gives the messages of a made home their vectors; everything else goes to the embedder behind it."""

    def __init__(self, behind: Embedder, seed: int) -> None:
        said = sentences(seed)
        self._behind = behind
        self._vectors = behind.embed(said)
        self._places = {sentence: place for place, sentence in enumerate(said)}

    @property
    def identity(self) -> EmbedderIdentity:
        """That of the embedder behind it: its questions are compared with these vectors."""
        return self._behind.identity

    def embed(self, texts: Sequence[str]) -> "Matrix":
        """Rows of length 1: the sentence's vector and a direction that follows from the text."""
        import numpy as np

        places = [self._places.get(text.partition(END)[0], -1) for text in texts]
        if not texts or min(places) < 0:
            return self._behind.embed(texts)
        own = np.stack([_direction(text, self.identity.dimension) for text in texts])
        own *= MOVED / np.linalg.norm(own, axis=1, keepdims=True)
        moved = self._vectors[places] + own
        return np.asarray(moved / np.linalg.norm(moved, axis=1, keepdims=True), dtype=np.float32)


def _direction(text: str, dimension: int) -> "Matrix":
    """Of no particular length; the same for the same text."""
    import numpy as np

    seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
    return np.random.default_rng(seed).standard_normal(dimension, dtype=np.float32)
