"""Keep what an editor has opened, merged and undone at the desk."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DECISIONS = ("approved", "sent_back", "merged", "withdrawn")
STATES = ("in_review", "sent_back", "approved", "recheck", "retired")
MARKS = re.compile(r"[\s“”‘’\"'《》〈〉（）()【】、，,。．.；;：:！!？?…—·-]+")


def upgrade() -> None:
    op.add_column("question_version", sa.Column("answer_hash", sa.String(length=16), server_default="", nullable=False))
    op.create_index(op.f("ix_question_version_answer_hash"), "question_version", ["answer_hash"], unique=False)
    hash_answers()
    op.create_table(
        "desk_opening",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_desk_opening_person_id_person")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_version.id"], name=op.f("fk_desk_opening_version_id_question_version")
        ),
        sa.PrimaryKeyConstraint("person_id", "version_id", name=op.f("pk_desk_opening")),
    )
    op.create_table(
        "desk_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Enum(*DECISIONS, name="decision", native_enum=False, length=32), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_desk_act_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_act")),
        sa.UniqueConstraint("public_id", name=op.f("uq_desk_act_public_id")),
    )
    op.create_index("ix_desk_act_person_id_at", "desk_act", ["person_id", "at"], unique=False)
    op.create_table(
        "desk_act_line",
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("state_before", sa.Enum(*STATES, name="questionstate", native_enum=False, length=32), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["act_id"], ["desk_act.id"], name=op.f("fk_desk_act_line_act_id_desk_act")),
        sa.ForeignKeyConstraint(["into_id"], ["question.id"], name=op.f("fk_desk_act_line_into_id_question")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_desk_act_line_question_id_question")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_desk_act_line_review_id_review")),
        sa.PrimaryKeyConstraint("act_id", "question_id", name=op.f("pk_desk_act_line")),
    )
    op.create_index(op.f("ix_desk_act_line_question_id"), "desk_act_line", ["question_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_desk_act_line_question_id"), table_name="desk_act_line")
    op.drop_table("desk_act_line")
    op.drop_index("ix_desk_act_person_id_at", table_name="desk_act")
    op.drop_table("desk_act")
    op.drop_table("desk_opening")
    op.drop_index(op.f("ix_question_version_answer_hash"), table_name="question_version")
    op.drop_column("question_version", "answer_hash")


def hash_answers() -> None:
    """Give every version that is there its hash, as the models of this release do for new ones."""
    connection = op.get_bind()
    columns = "id, type, stem, options, key, blanks, any_order, pairs, right_order, points, source_quote"
    rows = connection.execute(sa.text(f"SELECT {columns} FROM question_version")).mappings().all()  # noqa: S608
    for row in rows:
        connection.execute(
            sa.text("UPDATE question_version SET answer_hash = :hash WHERE id = :id"),
            {"hash": answer_hash(row), "id": row["id"]},
        )


def answer_hash(row: Mapping[str, Any]) -> str:
    told = "\n".join([row["type"], *(MARKS.sub("", part) for part in answer(row))])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def answer(row: Mapping[str, Any]) -> list[str]:
    held = {name: listed(row[name]) for name in ("options", "key", "blanks", "pairs", "right_order", "points")}
    text = {option["id"]: option["text"] for option in held["options"]}
    if row["type"] == "true_false":
        return [*sorted(held["key"]), row["source_quote"] or row["stem"]]
    blanks = [wordings[0] for wordings in held["blanks"] if wordings]
    return [
        *sorted(text.get(each, each) for each in held["key"]),
        *(sorted(blanks) if row["any_order"] else blanks),
        *sorted(f"{left}\t{text.get(right, right)}" for left, right in held["pairs"]),
        *(text.get(each, each) for each in held["right_order"]),
        *(point["text"] for point in held["points"]),
    ]


def listed(stored: Any) -> list[Any]:
    """A JSON column as a list, whether the driver reads it or hands out its text."""
    found: list[Any] = json.loads(stored) if isinstance(stored, str) else stored
    return found
