"""The language server: what `b12guide.editor` knows, told to any editor that speaks the protocol.

It needs the extra `lsp`, so nothing is imported here.
"""
