"""Communities, their sites, the gates of each, and the device that stands at a gate."""
