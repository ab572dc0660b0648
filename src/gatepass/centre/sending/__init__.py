"""Messages to people: one-time codes, changed colours, reminders. Queued in the verb's transaction, sent afterwards."""
