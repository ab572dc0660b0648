"""Residents with a telephone or a mailbox: how they come in, and what stays open on their phone."""
