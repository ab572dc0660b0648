"""Who met whom: cases that two people open, the contacts that a case finds, and the list that is worked through."""
