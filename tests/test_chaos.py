"""Nothing acknowledged is lost while workers die and replies go astray: a short run of `make chaos`.

That runs PostgreSQL too, which costs a minute more than a test run has.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SEED = 20_261


def test_no_acknowledged_answer_is_lost_and_every_score_is_right() -> None:
    """Told with its seed, which repeats the people and the faults: `python -m bench.chaos --seed …`."""
    load = ["--people", "10", "--saves", "300", "--kills", "3", "--limit", "600"]
    command = [sys.executable, "-m", "bench.chaos", *load, "--seed", str(SEED), "--database", "sqlite"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"seed {SEED}\n{run.stdout}\n{run.stderr[-4000:]}"
