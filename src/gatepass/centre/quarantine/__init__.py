"""Quarantine: one case, one period, daily reports, a ladder of alarms, release as one act and a notice to show."""
