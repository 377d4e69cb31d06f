"""Session databases against the upstream's event model, read-only."""
