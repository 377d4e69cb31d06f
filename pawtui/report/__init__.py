"""Markdown, JSON and plain text of the same model."""
