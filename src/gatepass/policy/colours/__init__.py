"""Colour policies: data in CertLogic that make a colour, a reason and a next step of the facts about a person."""
