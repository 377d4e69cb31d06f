"""The record, the actions of maintainers on it, and the decision."""
