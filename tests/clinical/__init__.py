"""What the shipped guideline says, patient by patient."""
