"""Notices, posters, letters, guard cards and handbooks: written once, said in five languages, true in all of them."""
