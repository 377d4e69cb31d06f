"""Parsers of source texts: SQL statements, the rows that they delete, and stored definitions."""
