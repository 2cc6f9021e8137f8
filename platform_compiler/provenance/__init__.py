"""Where a field of a compiled resource comes from: the template line that wrote it, and the lines that decide it."""
