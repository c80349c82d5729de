"""Builds the syntax tree from what the parser recognises, one method to a rule of the grammar."""
