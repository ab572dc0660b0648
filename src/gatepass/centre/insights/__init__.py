"""What the counters say: people and decisions of a day, a week or any days, compared, drawn, exported, reported."""
