"""What programs read and enter, one file for each kind of thing. Importing this registers every operation."""

from gatepass.centre.api.resources import companies, events, people, places, traffic, webhooks

__all__ = ["companies", "events", "people", "places", "traffic", "webhooks"]
