"""The escape hatches: patches of generated resources and resources as teams write them; and the list of exceptions."""
