"""Promotion: the image that runs in one environment is pinned for the next, by an edit of one line of a manifest."""
