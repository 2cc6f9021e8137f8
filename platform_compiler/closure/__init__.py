"""Which files can matter to a finding about a few of them, so that a hook need not read all."""
