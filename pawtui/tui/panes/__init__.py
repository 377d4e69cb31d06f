"""The four panes of the main screen and what is around them. Other screens use `banner` and `filter_box` too."""
