"""What was worked out before, found again by the content of everything it was worked out from."""
