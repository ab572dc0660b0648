"""Who may act for whom, how consent was given, and until when."""
