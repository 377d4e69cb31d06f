"""Read sessions from databases and exported files, without writing to them."""
