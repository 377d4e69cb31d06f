"""The commands, one small module a family. A command imports what it needs when it runs: most start in milliseconds."""
