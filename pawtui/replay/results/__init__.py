"""Count the differences of parts, messages and sessions, and query the counts."""
