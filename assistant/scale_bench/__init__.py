"""`reverie bench scale`: what a home costs as it grows."""
