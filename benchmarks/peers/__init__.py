"""Other tools at our work: each module is one peer that makes the resources we compiled, for many applications."""
