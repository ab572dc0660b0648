"""Who did what and when: append-only, each entry holds the hash of the one before."""
