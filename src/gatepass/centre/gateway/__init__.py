"""The face of the centre for devices and live streams: a bare ASGI application in front of Django."""

from gatepass.centre.gateway.application import front

__all__ = ["front"]
