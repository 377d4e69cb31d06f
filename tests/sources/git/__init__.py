"""Tests of the source that reads clones."""
