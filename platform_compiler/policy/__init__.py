"""Policies: Kubernetes' own ValidatingAdmissionPolicy, judged before anything is applied.

    read -> compiled -> (params, match) -> evaluate -> judge -> waivers -> report

A policy is written once, in the standard form. `read` takes it from YAML, `compiled` makes its expressions ready,
`judge` asks every policy that is bound where an object stands. What comes out are verdicts; `waivers` marks those that
are excepted, and `report` makes findings of them.
"""
