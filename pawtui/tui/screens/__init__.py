"""The screens, one file each, every one with its style sheet beside it."""
