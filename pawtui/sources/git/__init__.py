"""Git clones as a source of facts: read by the `git` executable, mirrored into the cache folder."""
