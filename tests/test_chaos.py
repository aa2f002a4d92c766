"""Nothing acknowledged is lost while workers die and replies go astray: short runs of `make chaos`."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SEED = 20_261


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_acknowledged_answer_is_lost_and_every_score_is_right(database: str) -> None:
    """Told with its seed, which repeats the people and the faults: `python -m bench.chaos --seed …`."""
    load = ["--people", "10", "--saves", "300", "--kills", "3", "--limit", "600"]
    command = [sys.executable, "-m", "bench.chaos", *load, "--seed", str(SEED), "--database", database]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"seed {SEED}\n{run.stdout}\n{run.stderr[-4000:]}"
