"""Source texts read as more than text: SQL statements, the rows they throw away, definitions as contracts."""
