"""What the words, numbers and units of a guideline file mean, and what is wrong with them."""
