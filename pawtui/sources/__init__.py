"""Where facts come from: one protocol, and GitHub's REST API behind it."""
