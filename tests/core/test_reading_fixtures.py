"""Twenty speeches of other styles, annotated before anything read them: no figure may fall."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import scoring
import yaml

from quizapp.core.reading import read_speech
from quizapp.formats.reading_json import reading_as_values
from quizapp.formats.speech_files import read_speech_file

FOLDER = Path(__file__).resolve().parents[1] / "speeches"
SPEECHES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
#: What must be found of each kind, and how much of what is found must be annotated.
FLOORS = {
    "outline": (0.96, 0.98),
    "named": (0.9, 0.97),
    "sets": (0.88, 0.92),
    "parallels": (0.6, 0.7),
    "slogans": (0.95, 0.85),
    "definitions": (0.95, 0.8),
    "facts": (0.85, 0.85),
    "mentions": (0.8, 0.55),
}


@cache
def gold(slug: str) -> dict[str, Any]:
    annotated = yaml.safe_load((FOLDER / f"{slug}.yaml").read_text("utf-8"))
    assert isinstance(annotated, dict)
    return annotated


@cache
def said(slug: str) -> dict[str, Any]:
    path = FOLDER / gold(slug)["file"]
    return reading_as_values(read_speech(read_speech_file(path.name, path.read_bytes())))


@cache
def total() -> dict[str, scoring.Tally]:
    return scoring.together(scoring.score(gold(slug), said(slug)) for slug in SPEECHES)


@pytest.mark.parametrize("kind", FLOORS)
def test_no_figure_falls(kind: str) -> None:
    tally = total()[kind]
    print(f"{kind}: {tally}; recall {tally.recall:.2f}, precision {tally.precision:.2f}")
    least_found, least_right = FLOORS[kind]
    assert tally.recall >= least_found, tally.missed
    assert tally.precision >= least_right, tally.extra


@pytest.mark.parametrize("slug", SPEECHES)
def test_what_a_speech_says_of_itself_is_found_and_nothing_is_invented(slug: str) -> None:
    stated = gold(slug)["about"]
    assert {key: said(slug)[key] for key in stated} == stated


@pytest.mark.parametrize("slug", SPEECHES)
def test_traps_become_neither_headings_nor_sets(slug: str) -> None:
    read = said(slug)
    names = {scoring.plain(each["name"] or "") for each in read["sets"]}
    headings = {scoring.plain(each["heading"]) for each in read["outline"]}
    traps = {scoring.plain(trap) for trap in gold(slug).get("not_sets") or []}
    assert not traps & (names | headings)


@pytest.mark.parametrize("slug", SPEECHES)
def test_a_list_that_is_not_whole_is_never_called_complete(slug: str) -> None:
    for part in gold(slug).get("sets") or []:
        if not part.get("complete", True):
            alike = [each for each in said(slug)["sets"] if scoring.same_items(part["items"], each["items"])]
            assert not [each for each in alike if each["complete"] and each["name"]]
