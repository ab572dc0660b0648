"""What was seen at the gates: the log, the board of today, the list of passages."""
