"""GitHub's REST API as a source of facts. `github_source.GitHubSource` is the entry point."""
