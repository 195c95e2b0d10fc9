"""The exam: questions drawn from the user's own words before a night, asked before and after it."""
