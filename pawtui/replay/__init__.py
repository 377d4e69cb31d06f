"""The shadow replay: session databases against the upstream's event model, read-only.

`replay_sources` replays the sources, and `replayer` one session, in these steps:

1. `reading`: read the session's messages and parts from a database or an exported file.
2. `mapping`: map each message to events, and project the events back, by the rules of a file in `generations/`.
3. `checking`: find what the upstream's importer skips, validate the events with the upstream's schema, and check the
   session as a whole.
4. `comparing`: compare what is read back with the original, field by field.
5. `results`: count the differences. `checking.proof` decides what the counts prove.

A *source* is a database or an exported file. A *part* is a piece of a message, such as a text or tool call. *V1* is the
data model of opencode 1.x, with the tables `session`, `message` and `part`. A *generation* is a version of the
upstream's events; it has one mapping file. The *semantics* of a part is its meaning for a user, such as `tool` or
`compaction`. A difference is *stated* if the mapping file has its reason.

`replay_sources` also compares the mapping with events that the upstream stored. `inspection` reads one part again.
"""
