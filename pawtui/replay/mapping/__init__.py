"""Map sessions onto the events of one generation, and project the events back."""
