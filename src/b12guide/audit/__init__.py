"""The audit: reads what was done, and tells where it departed from what a guideline asks."""
