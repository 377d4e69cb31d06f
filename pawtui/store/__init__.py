"""The record on disk: TinyDB, written atomically, one writer at a time."""
