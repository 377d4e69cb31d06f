"""What is followed: the tracker file, its model, its reader and the built-in tracker."""
