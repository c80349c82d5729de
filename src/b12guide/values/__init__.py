"""Numbers with units, lengths of time, and dates: exact, and without a guideline."""
