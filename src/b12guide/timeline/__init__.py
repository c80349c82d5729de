"""The timeline: a recommended regimen as days for doses, tests and decisions."""
