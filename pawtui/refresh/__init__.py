"""How a refresh measures both repositories: heads, ranges, probes, drift, plan."""
