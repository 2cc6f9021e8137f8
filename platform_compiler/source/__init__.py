"""Files to node trees that know where every value stands."""
