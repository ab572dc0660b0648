"""How often something may be tried, and the alarm when somebody tries more often."""
