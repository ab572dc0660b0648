"""Somebody at a gate or on a phone needs a language: whoever is on duty is rung, one after the other, then the line."""
