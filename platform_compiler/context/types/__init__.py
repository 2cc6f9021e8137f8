"""What templates see, declared: one TypedDict a record, one annotation a field with its meaning.

A map keyed by name iterates in key order as records that carry `name`. A field that may be absent is NotRequired: read
it with `${{? }}`, `default` or `is defined`. The static check of templates and `docs/blueprint-context.md` are made
from these.

One module a subject; `contexts` puts them together.
"""
