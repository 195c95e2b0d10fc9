"""The assistant: settings, language models, the turn engine as a stream of events, and the command line.

Knows no screens: front ends are found by entry point (see `assistant.frontends`). Importing it does nothing.
"""
