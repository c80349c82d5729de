"""What is due for a patient: the phase, the doses that count, and the days of what comes next."""
