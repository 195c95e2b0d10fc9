"""The demonstration: a made-up user's week in a throw-away home. What is said and asked is in `script.py`; everything
else is computed."""
