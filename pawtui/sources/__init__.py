"""Sources of facts. `protocol` defines what a source is, and `facts` what it returns.

`github` reads GitHub's REST API; `git` reads clones, and the API for facts that no clone has. `sanitize` makes text
from outside safe.
"""
