"""What an editor asks about guidelines while they are being written.

Nothing here knows of a protocol: `b12guide.lsp` turns questions and answers into messages.
"""
