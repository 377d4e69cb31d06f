"""The four panes of the main screen and what is around them."""
