"""Git clones as a source of facts, read with the `git` executable."""
