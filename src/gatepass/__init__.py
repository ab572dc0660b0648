"""gatepass: may this person come in? Asked of a card at a gate, answered in the person's language, online or not."""

__version__ = "0.1.0"
