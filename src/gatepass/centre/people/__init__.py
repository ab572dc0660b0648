"""Residents and the documents they are known by."""
