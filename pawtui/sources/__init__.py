"""Sources of facts: the protocol, GitHub's REST API and git clones."""
