import pytest
from xinheng.serving.access import Grant, Role
from .keyed import issue
from .test_fuzz import base, fuzz, installed

@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_it(base, installed, tmp_path, role):
    fuzz(base, issue(installed, Grant(role)), tmp_path, "--generation-deterministic", "--max-examples=25", "--phases=examples,fuzzing", "--include-path-regex=/v1/(keys|accounts|audit|access|roles|channels)")
