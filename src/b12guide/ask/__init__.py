"""Questions in plain words: what is a fact in them, what they ask, and which rules answer.

Nothing is generated. A question is turned into the words and facts of a guideline; the answer is
the rules about them, as they stand, with their verdicts; or silence, with the word that the
guideline never uses.

The index of a guideline is plain data of whole numbers (`index.py`), and so are the English words
that questions are made of (`words.toml`). A search of it in another language comes to the same.
"""
