"""Builds the syntax tree: tables of what builds each rule of the grammar."""
