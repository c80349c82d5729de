"""Patients: read from files and mappings, then stated in the words of a guideline."""
