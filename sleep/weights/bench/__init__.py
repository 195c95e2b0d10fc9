"""`reverie bench sleep`: ways of learning night after night, side by side on made-up users, at equal budgets."""
