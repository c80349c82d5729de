"""Several guidelines at once: what they say to one patient, and who is treated differently."""
