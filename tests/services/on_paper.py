"""A sitting with one question of each type, for a room without a network."""

from conftest import Clock
from conftest import Office
from factories import ALL_TYPES
from factories import approved_set
from factories import published_sitting
from factories import sitting_facts
from sqlalchemy.orm import Session

from quizapp.db.bank import set_by_slug

#: What factories call a set.
SLUG = "ceshi"


def planned(session: Session, office: Office, clock: Clock, **changes: object) -> str:
    """The public id of the sitting; it opens now unless `changes` say otherwise. A set that is there serves."""
    made = set_by_slug(session, SLUG) or approved_set(
        session, office.editor.actor, office.second_editor.actor, now=clock()
    )
    known: dict[str, object] = {"host": office.secretariat, "leader": office.deputy.id, "opens_at": clock()}
    facts = sitting_facts(made.id, **(known | changes))  # type: ignore[arg-type]
    return published_sitting(session, office.editor.actor, facts, now=clock(), spec=ALL_TYPES).public_id
