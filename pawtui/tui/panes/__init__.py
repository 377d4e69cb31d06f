"""The parts of the main screen: its four panes, and what is around them."""
