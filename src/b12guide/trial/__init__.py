"""Trying a guideline on the examples that its author wrote, and what these examples reach."""
