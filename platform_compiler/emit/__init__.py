"""From resources to bytes: the canonical writer, the layout of files, the ledger, and writing them."""
