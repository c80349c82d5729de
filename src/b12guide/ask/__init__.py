"""Questions in plain words: what in them is a fact, what is asked about, and which rules answer it.

Nothing is generated. A question is turned into the words and facts of a guideline; the rules that
speak of them are told as they stand, with their verdicts, or silence is, with the word of which the
guideline never speaks.

The index of a guideline is plain data of whole numbers (`index.py`), and so are the English words
that questions are made of (`words.toml`). Whoever searches it in another language gets the same.
"""
