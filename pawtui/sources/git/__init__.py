"""Git clones as a source of facts, read with the `git` executable. A fact passes these modules in order:

1. `git_source`: `GitSource` reads each fact once, from a clone that has it or else from the API.
2. `clone_reader`: the facts of one clone. Lists of commits are in `clone_history` and `graph`.
3. `objects`: single commits, tags and files.
4. `process`: git commands, with the settings in `environment`.

`clone` opens a clone and reads its refs. `mirror` creates and updates the clones of pawtui. `git_errors` has the error
messages.
"""
