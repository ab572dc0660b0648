"""Who is on duty, in which language, when and over which channel; and the gaps before they come."""
