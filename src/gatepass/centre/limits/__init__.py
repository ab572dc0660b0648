"""How often something may be tried; who goes on beyond that raises an alarm."""
