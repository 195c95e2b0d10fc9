"""`reverie bench recall`: what retrieval finds, side by side with what is usual, on data that the user points at."""
