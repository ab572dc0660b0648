"""Residents who help: what they speak, when they have time, what they were asked and how long they gave."""
