"""Sleep: what was said becomes clean, current, cited memory, behind an exam, and can be taken back whole."""
