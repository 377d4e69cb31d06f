"""Check events and sessions with the upstream's schema and by its importer, and prove the parts of a gate."""
