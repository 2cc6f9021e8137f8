"""What templates see, computed from linked targets; no template does look-ups."""
