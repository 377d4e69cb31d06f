"""The record and its rules: refresh, verdicts, gates, notes, pins, drift and decision."""
