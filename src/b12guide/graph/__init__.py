"""The rule graph: what a guideline says, resolved and frozen, and questions about it."""
