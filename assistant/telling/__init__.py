"""How the command line and the screens tell of nights and adapters: the same words, from one place."""
