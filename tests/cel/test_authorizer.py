from collections.abc import Callable
from typing import Any

import pytest

from platform_compiler.cel.engine import EvaluationError
from platform_compiler.cel.functions.authorizer import FUNCTIONS, OFFLINE, OfflineError

QUESTIONS = [
    "authorizer.path('/healthz').check('get').allowed()",
    "authorizer.group('apps').resource('deployments').subresource('scale').namespace('a').name('b').check('get').reason()",
    "authorizer.serviceAccount('ns', 'name').group('').resource('pods').check('get').errored()",
    "authorizer.group('').resource('pods').fieldSelector('a=b').labelSelector('a=b').check('list').error()",
    "authorizer.requestResource.check('get').allowed()",
]


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_compiles_and_is_answered_by_a_cluster_alone(judge: Callable[[str], Any], text: str) -> None:
    with pytest.raises(EvaluationError, match=OFFLINE):
        judge(text)


@pytest.mark.parametrize("name", [function.name for function in FUNCTIONS])
def test_no_function_answers(name: str) -> None:
    (function,) = (one for one in FUNCTIONS if one.name == name)
    for overload in function.overloads:
        with pytest.raises(OfflineError):
            overload.call(*overload.parameters)
