"""GitHub's REST API as a source of facts. A request for a fact passes these modules in order:

1. `github_source`: `GitHubSource` requests each fact once.
2. `ref_lookup`, `git_objects`, `path_commits`, `past_heads`, `issues_and_pulls`: the requests that a fact needs, and
   how the fact is cached.
3. `api`: requests by the name of a repository, and lists in pages.
4. `client`: a single request, with its deadline and the error of its failure.
5. `middleware`: caching by ETag, redirects, retries, rate limits and the budget.
6. `connection`: one exchange with the server, its proxy and certificates, and the token.

`server` and `token` find the server and its token in the environment. `request` has the types of requests, `wire` those
of the responses, `cache` the facts and responses on disk, `pauses` the rules of rate limits, and `github_errors`
the error messages. `web_documents` reads documents outside GitHub without the steps 3 and 4.
"""
