"""Who works here, in which role, for which communities."""
