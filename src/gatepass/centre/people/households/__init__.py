"""Who lives together, who heads it, and who was there before."""
