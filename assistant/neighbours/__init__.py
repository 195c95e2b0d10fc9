"""Other programs at the memory: what they see (`window`, `discretion`, `fence`), what they may write (`notes`), and the
two doors they come through (`mcp_server`, `langchain`)."""
