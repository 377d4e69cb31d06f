"""The record on disk: a TinyDB database with atomic writes and one writer at a time. A change passes these modules:

1. `store`: `Store` locks the record (`locks`), reads it again if the file has changed, and applies the change.
2. `edits`: the new record, and the entries to write.
3. `database`: the entries in TinyDB's tables, with one checked read and one atomic write of the file. `migrations`
   converts an older schema.

`record_files` has the names of the files, and `recovery` restores the previous version of a damaged record.
"""
