"""Compare the originals with what is read back, and our events with the upstream's own events."""
