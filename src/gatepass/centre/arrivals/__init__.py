"""People on their way here: where they were, who expects them, whether they have come."""
