"""A simulated town: people, cards, a reader on a pty, three gates and a day of traffic. Nobody in it exists."""
