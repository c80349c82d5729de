"""The page of a guideline: its compiled program as data, and the one file that answers from it."""
