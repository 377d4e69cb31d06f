"""The screens, one per file, with their style sheets."""
