"""The commands, one module for each family. Modules that are slow to import are imported inside the functions."""
