"""`platformc policy`: test, lint, list and explain policies, and judge any Kubernetes YAML by them."""

import click

from platform_compiler.cli.lazy import LazyGroup

_VERBS = {
    "check": "Judge any Kubernetes YAML by policies, as the API server would.",
    "baseline": "Write down what is violated now, so that only new violations count.",
    "lint": "Look for what is probably wrong with policies.",
    "explain": "Explain what a policy says of an object, step by step.",
    "list": "List which policies hold where, and what comes of a violation.",
    "test": "Run the tests of policies.",
}

command = LazyGroup(
    "policy",
    verbs=_VERBS,
    package="platform_compiler.cli.policies",
    help="Policies: Kubernetes' own ValidatingAdmissionPolicy, judged before anything is applied.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
assert isinstance(command, click.Command)
