"""What the detail shows of each thing: pure functions from an overview to a page."""
