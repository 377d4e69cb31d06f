"""Validate events with the upstream's schema, check each session as a whole, and prove the parts of a gate."""
