"""Readers of source texts: SQL statements, the rows that they delete, and definitions as contracts."""
