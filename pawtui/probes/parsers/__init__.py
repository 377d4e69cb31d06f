"""Parsers of source texts: scripts, SQL statements, the rows that they delete, and stored definitions."""
