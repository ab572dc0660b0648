"""What programs read and enter, one file for each kind of thing. Importing this registers every operation."""

from gatepass.centre.api.resources import companies, people, places, traffic

__all__ = ["companies", "people", "places", "traffic"]
