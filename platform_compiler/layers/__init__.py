"""Ten layers merged with an origin for every leaf, and the mandates that bound them."""
