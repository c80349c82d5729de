"""From a rule graph and a patient to an answer.

`interpreter` is the specification; `program` and `completions` are the same, fast and exact about
ignorance; `recommend` puts the answer together.
"""
