"""The residents' own pages: apply, show the code, declare, print, object; for oneself and for family, also offline."""
