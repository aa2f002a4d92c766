"""Keep what people practise and remember."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # People's own mocks are sittings too, and many more than the weeks'.
    op.create_index(op.f("ix_sitting_kind"), "sitting", ["kind"], unique=False)
    op.create_table(
        "daily",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("version_ids", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_daily_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_daily")),
    )
    op.create_table(
        "mock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["sitting.id"], name=op.f("fk_mock_model_id_sitting")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mock_person_id_person")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_mock_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mock")),
        sa.UniqueConstraint("public_id", name=op.f("uq_mock_public_id")),
        sa.UniqueConstraint("sitting_id", name=op.f("uq_mock_sitting_id")),
    )
    op.create_index(op.f("ix_mock_model_id"), "mock", ["model_id"], unique=False)
    op.create_index(op.f("ix_mock_person_id"), "mock", ["person_id"], unique=False)

    op.create_table(
        "taken_in",
        sa.Column("sitting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reached", sa.Integer(), server_default="0", nullable=False),
        sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_taken_in_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_taken_in")),
    )
    op.create_index(op.f("ix_taken_in_done_at"), "taken_in", ["done_at"], unique=False)

    op.create_table(
        "point_mastery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("key_point_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("recall", sa.Double(), nullable=False),
        sa.Column("strong", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_point_id"], ["key_point.id"], name=op.f("fk_point_mastery_key_point_id_key_point")
        ),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_point_mastery_section_id_section")),
        sa.CheckConstraint(
            "(key_point_id IS NULL) <> (question_id IS NULL)", name=op.f("ck_point_mastery_is_about_one_thing")
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_point_mastery_question_id_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_point_mastery")),
        sa.UniqueConstraint("section_id", "key_point_id", name=op.f("uq_point_mastery_section_id_key_point_id")),
        sa.UniqueConstraint("section_id", "question_id", name=op.f("uq_point_mastery_section_id_question_id")),
    )
    op.create_table(
        "mastery_summed_on",
        sa.Column("section_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_mastery_summed_on_section_id_section")),
        sa.PrimaryKeyConstraint("section_id", name=op.f("pk_mastery_summed_on")),
    )
    op.create_table(
        "card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key_point_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("stability", sa.Double(), nullable=True),
        sa.Column("difficulty", sa.Double(), nullable=True),
        sa.Column("rated_at", sa.DateTime(), nullable=True),
        sa.Column("rated_on", sa.Date(), nullable=True),
        sa.Column("ratings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lapses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("anew_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(key_point_id IS NULL) <> (question_id IS NULL)", name=op.f("ck_card_is_about_one_thing")),
        sa.ForeignKeyConstraint(["key_point_id"], ["key_point.id"], name=op.f("fk_card_key_point_id_key_point")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_card_person_id_person")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_card_question_id_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
        sa.UniqueConstraint("person_id", "key_point_id", name=op.f("uq_card_person_id_key_point_id")),
        sa.UniqueConstraint("person_id", "question_id", name=op.f("uq_card_person_id_question_id")),
    )
    op.create_index(op.f("ix_card_key_point_id"), "card", ["key_point_id"], unique=False)

    op.create_table(
        "mistake",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column(
            "origin", sa.Enum("sitting", "practice", name="origin", native_enum=False, length=32), nullable=False
        ),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("right_days", sa.Integer(), server_default="0", nullable=False),
        sa.Column("right_on", sa.Date(), nullable=True),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_mistake_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mistake_person_id_person")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_mistake_question_id_question")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_version.id"], name=op.f("fk_mistake_version_id_question_version")
        ),
        sa.PrimaryKeyConstraint("person_id", "question_id", name=op.f("pk_mistake")),
    )
    op.create_index(op.f("ix_mistake_person_id_cleared_on"), "mistake", ["person_id", "cleared_on"], unique=False)

    op.create_table(
        "practice_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("key_point_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column(
            "mode",
            sa.Enum("daily", "mistakes", "free", "recitation", name="practicemode", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("page", sa.String(length=22), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("is_unsure", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_point_id"], ["key_point.id"], name=op.f("fk_practice_answer_key_point_id_key_point")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_practice_answer_person_id_person")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_practice_answer_question_id_question")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_version.id"], name=op.f("fk_practice_answer_version_id_question_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_answer")),
        sa.UniqueConstraint("person_id", "page", "sequence", name=op.f("uq_practice_answer_person_id_page_sequence")),
    )
    op.create_index(op.f("ix_practice_answer_person_id_day"), "practice_answer", ["person_id", "day"], unique=False)
    op.create_index(
        op.f("ix_practice_answer_person_id_question_id"), "practice_answer", ["person_id", "question_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_practice_answer_person_id_question_id"), "practice_answer")
    op.drop_index(op.f("ix_practice_answer_person_id_day"), "practice_answer")

    op.drop_table("practice_answer")
    op.drop_index(op.f("ix_mistake_person_id_cleared_on"), "mistake")

    op.drop_table("mistake")
    op.drop_index(op.f("ix_card_key_point_id"), "card")

    op.drop_table("card")
    op.drop_table("mastery_summed_on")
    op.drop_table("point_mastery")
    op.drop_index(op.f("ix_taken_in_done_at"), "taken_in")

    op.drop_table("taken_in")
    op.drop_index(op.f("ix_mock_person_id"), "mock")
    op.drop_index(op.f("ix_mock_model_id"), "mock")

    op.drop_table("mock")
    op.drop_table("daily")
    op.drop_index(op.f("ix_sitting_kind"), "sitting")
