"""One box for everything that one may see."""
