"""What holds for every possible patient, or the smallest patient for whom it does not."""
