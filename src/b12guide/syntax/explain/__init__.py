"""Says why a piece of text cannot be read, and what its author may have meant."""
