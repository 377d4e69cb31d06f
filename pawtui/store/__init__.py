"""The record on disk: a TinyDB database with atomic writes and one writer at a time."""
