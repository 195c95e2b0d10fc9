"""Orders to the assistant in so many words, and what only sounds like one."""

import pytest

from memory.extraction import CallMe, Command, DontBringUp, Forget, Remember, parse_command


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Remember that I prefer window seats.", "You prefer window seats."),
        ("Please remember that my bus leaves at 7.", "Your bus leaves at 7."),
        ("remember: the code is 4471", "The code is 4471."),
        ("Can you remember that I hate olives?", "You hate olives."),
        ("Could you please remember that I live in Lyon?", "You live in Lyon."),
        ("Note that I work on Sundays", "You work on Sundays."),
        ("Keep in mind that I'm vegan.", "You're vegan."),
        ("Don't forget that my exam is on Friday.", "Your exam is on Friday."),
        ("Remember my locker number is 12", "Your locker number is 12."),
        ("Remember this: I never drink coffee.", "You never drink coffee."),
        ("Hey Reverie, remember that I like tea", "You like tea."),
        ("Make a note: I owe Ana 20 euros", "You owe Ana 20 euros."),
        ("Thanks. Remember that Dr. Who is my dentist.", "Dr. Who is your dentist."),
    ],
)
def test_remember(text: str, kept: str) -> None:
    command = parse_command(text)
    assert isinstance(command, Remember)
    assert command.text == kept
    assert text[command.start : command.end].strip()[-4:].strip(".?") in kept


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("forget m12", Forget("m12")),
        ("Forget that I live in Lyon.", Forget("I live in Lyon")),
        ("Please forget my address", Forget("my address")),
        ("forget about my ex", Forget("my ex")),
        ("Delete the memory about Lyon", Forget("Lyon")),
        ("forget everything I said about Ana", Forget("Ana")),
        ("Call me Ishmael.", CallMe("Ishmael", 0, 16)),
        ("Please call me Al from now on", CallMe("Al", 0, 29)),
        ("You can call me Al", CallMe("Al", 0, 18)),
        ("call me Dr. Who", CallMe("Dr. Who", 0, 15)),
        ("Call me Ana Maria please", CallMe("Ana Maria", 0, 24)),
        ("Don't bring up my ex.", DontBringUp("my ex")),
        ("Please don't mention my divorce again.", DontBringUp("my divorce")),
        ("Stop bringing up the accident", DontBringUp("the accident")),
        ("I don't want to talk about my divorce, please don't bring it up.", DontBringUp("my divorce")),
        ("I'd rather not talk about Stan, so don't mention him again", DontBringUp("Stan")),
        ("Let's not talk about politics", DontBringUp("politics")),
        ("do not remind me of Paris", DontBringUp("Paris")),
    ],
)
def test_forget_call_me_and_do_not_bring_up(text: str, command: Command) -> None:
    assert parse_command(text) == command


@pytest.mark.parametrize(
    "text",
    [
        "Remember to buy milk",
        "Remember when we met?",
        "Do you remember that I live in Lyon?",
        "I can't remember that name",
        "I remember that I lived there",
        "don't forget to breathe",
        "I'll always remember that day",
        "She told me to remember that",
        '"Remember that I am a nurse"',
        "Translate this: remember that I like tea",
        "```\nremember that I like tea\n```",
        "> remember that I like tea",
        "Forget it.",
        "never mind, forget it",
        "I forget things",
        "Did I forget my keys?",
        "I forgot my keys",
        "call me later",
        "Call me a taxi",
        "call me maybe",
        "They call me Al",
        "Don't mention it.",
        "don't bring it up",
        "She said don't bring up Paris",
    ],
)
def test_what_only_sounds_like_an_order(text: str) -> None:
    assert parse_command(text) is None
