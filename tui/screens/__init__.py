"""The screens beside the chat. Each takes the opened home (`Runtime`), and is dismissed with what the user chose.

Nothing is imported here: a screen's module is loaded when the screen is opened.
"""
