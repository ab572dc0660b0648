"""The colour of each resident, its history, and the way it takes to the gates."""
