"""Small talk: what the model says to what needs no memory."""

SMALL_TALK: dict[str, str] = {
    "Hello": "Hello! What can I do for you?",
    "Hi": "Hello! What can I do for you?",
    "Hey": "Hello! What can I do for you?",
    "Hello, Reverie": "Hello! What can I do for you?",
    "Good morning": "Good morning! I hope you slept well.",
    "Good evening": "Good evening! How was your day?",
    "Good afternoon": "Good afternoon! How is your day?",
    "Good night": "Good night! Sleep well.",
    "Bye": "Goodbye! See you soon.",
    "Goodbye": "Goodbye! See you soon.",
    "See you later": "Goodbye! See you soon.",
    "Thanks": "You are welcome.",
    "Thank you": "You are welcome.",
    "Thank you very much": "You are welcome.",
    "How are you?": "I am well, thank you. How are you?",
    "How are you doing?": "I am well, thank you. How are you?",
    "I am fine": "I am glad to hear that.",
    "I am well": "I am glad to hear that.",
    "I am tired": "Then I hope that you can rest soon.",
    "I am sad": "I am sorry to hear that.",
    "I am bored": "We could talk about your day.",
    "Who are you?": "I am Reverie, your assistant.",
    "What is your name?": "I am Reverie, your assistant.",
    "What are you?": "I am Reverie, your assistant.",
    "What can you do?": "I remember what you tell me and answer questions about it.",
    "Can you help me?": "I can tell you what you told me. What would you like to know?",
    "Are you a robot?": "I am a small language model.",
    "Are you a person?": "I am a small language model.",
    "Do you sleep?": "I do, and I dream of what you told me.",
    "Tell me a joke": "I know only what you tell me, and that was no joke.",
    "Sorry": "No harm done.",
    "Okay": "All right.",
    "Yes": "All right.",
    "No": "All right.",
    "Well done": "Thank you.",
    "I like you": "Thank you.",
    "Never mind": "All right.",
}


def fitting(prompt: str) -> str:
    """The answer to small talk, however it is typed. Raises KeyError for what is none."""
    return {_bare(known): answer for known, answer in SMALL_TALK.items()}[_bare(prompt)]


def _bare(prompt: str) -> str:
    return prompt.lower().rstrip(".!?")
