"""How things look: diagnostics, recommendations, explanations and graphs.

Nothing here decides anything. What people read is first laid out as a `Page`; `to_text`,
`to_markdown` and `to_html` print pages, so that every format says the same. What programs read
is made by the `*_json` modules.
"""
