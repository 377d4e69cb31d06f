"""A made-up upstream and downstream, with an in-process source that works like GitHub."""
