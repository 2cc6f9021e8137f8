"""Templates: contracts, the language, and expanding contexts into resources."""
