"""Dose schedules as data, and what they mean on a calendar."""
