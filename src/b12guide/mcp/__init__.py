"""Tools for agents: what a guideline says, over the Model Context Protocol.

It needs the extra `mcp`, so nothing is imported here; `b12guide mcp` opens `b12guide.mcp.running`.
"""
