"""Readers of source texts: SQL statements, the rows that they throw away, and definitions as contracts."""
