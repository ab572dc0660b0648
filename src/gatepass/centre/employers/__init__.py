"""Enterprises, the people who work there, and the grid worker who answers for them: her own company and no other."""
