"""The tracker file: its types, reading and checking it, and the built-in tracker."""
