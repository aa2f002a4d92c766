"""Keep study plans, the afternoon around each sitting, its room, who came, and what people were told."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "study_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("scope_section_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("holidays", sa.Enum("skip", "move", native_enum=False, length=32), nullable=False),
        sa.Column("weeks_ahead", sa.Integer(), nullable=False),
        sa.Column("topic_due_days", sa.Integer(), nullable=False),
        sa.Column("paper_due_days", sa.Integer(), nullable=False),
        sa.Column("make_up_days", sa.Integer(), nullable=False),
        sa.Column("mode", sa.Enum("together", "batched", "individual", native_enum=False, length=32), nullable=False),
        sa.Column("quiz_after_minutes", sa.Integer(), nullable=False),
        sa.Column("quiz_minutes", sa.Integer(), nullable=False),
        sa.Column("pass_percent", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("every_weeks > 0", name=op.f("ck_study_plan_comes_again")),
        sa.CheckConstraint(
            "minutes > 0 AND quiz_minutes > 0 AND quiz_after_minutes >= 0", name=op.f("ck_study_plan_takes_time")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_study_plan_weekday_of_a_week")),
        sa.ForeignKeyConstraint(
            ["scope_section_id"], ["section.id"], name=op.f("fk_study_plan_scope_section_id_section")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_plan")),
        sa.UniqueConstraint("public_id", name=op.f("uq_study_plan_public_id")),
    )
    op.create_table(
        "rota_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("swap", "substitute", "skip", "extra", native_enum=False, length=32), nullable=False),
        sa.Column(
            "state", sa.Enum("asked", "stands", "declined", "withdrawn", native_enum=False, length=32), nullable=False
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("turn", sa.Integer(), nullable=True),
        sa.Column("other_section_id", sa.Integer(), nullable=True),
        sa.Column("other_turn", sa.Integer(), nullable=True),
        sa.Column("other_day", sa.Date(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_rota_change_author_id_person")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_rota_change_decided_by_id_person")),
        sa.ForeignKeyConstraint(
            ["other_section_id"], ["section.id"], name=op.f("fk_rota_change_other_section_id_section")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rota_change_person_id_person")),
        sa.ForeignKeyConstraint(["plan_id"], ["study_plan.id"], name=op.f("fk_rota_change_plan_id_study_plan")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_rota_change_section_id_section")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_change")),
        sa.UniqueConstraint("public_id", name=op.f("uq_rota_change_public_id")),
    )
    op.create_index(op.f("ix_rota_change_plan_id"), "rota_change", ["plan_id"], unique=False)

    op.create_table(
        "study_plan_leader",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_study_plan_leader_person_id_person")),
        sa.ForeignKeyConstraint(["plan_id"], ["study_plan.id"], name=op.f("fk_study_plan_leader_plan_id_study_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_plan_leader")),
    )
    op.create_index(op.f("ix_study_plan_leader_plan_id"), "study_plan_leader", ["plan_id"], unique=False)

    op.create_table(
        "study_plan_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["study_plan.id"], name=op.f("fk_study_plan_section_plan_id_study_plan")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_study_plan_section_section_id_section")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_plan_section")),
    )
    op.create_index(op.f("ix_study_plan_section_plan_id"), "study_plan_section", ["plan_id"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("sitting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("presence", sa.Enum("present", "leave", "absent", native_enum=False, length=32), nullable=False),
        sa.Column(
            "way",
            sa.Enum("qr", "code", "tick", "paper", "answered", "corrected", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_attendance_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attendance_person_id_person")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_attendance_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", "person_id", name=op.f("pk_attendance")),
    )
    op.create_index("ix_attendance_device", "attendance", ["sitting_id", "device"], unique=False)

    op.create_table(
        "batch",
        sa.Column("sitting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_batch_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", "starts_at", name=op.f("pk_batch")),
    )
    op.create_table(
        "code_try",
        sa.Column("sitting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_code_try_person_id_person")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_code_try_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", "person_id", name=op.f("pk_code_try")),
    )
    op.create_table(
        "leave_of_absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("duty", "training", "sick", "personal", "annual", "other", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Enum("waiting", "approved", "declined", native_enum=False, length=32), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_leave_of_absence_asked_by_id_person")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_leave_of_absence_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_leave_of_absence_person_id_person")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_leave_of_absence_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave_of_absence")),
        sa.UniqueConstraint("public_id", name=op.f("uq_leave_of_absence_public_id")),
        sa.UniqueConstraint("sitting_id", "person_id", name=op.f("uq_leave_of_absence_sitting_id_person_id")),
    )
    op.create_index(op.f("ix_leave_of_absence_person_id"), "leave_of_absence", ["person_id"], unique=False)

    op.create_table(
        "make_up_paper",
        sa.Column("sitting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("paper_sitting_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_sitting_id"], ["sitting.id"], name=op.f("fk_make_up_paper_paper_sitting_id_sitting")
        ),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_make_up_paper_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_make_up_paper")),
        sa.UniqueConstraint("paper_sitting_id", name=op.f("uq_make_up_paper_paper_sitting_id")),
    )
    op.create_table(
        "meeting",
        sa.Column("sitting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("scope_section_id", sa.Integer(), nullable=True),
        sa.Column("begins_at", sa.DateTime(), nullable=True),
        sa.Column("ends_at", sa.DateTime(), nullable=True),
        sa.Column("place", sa.String(length=100), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("make_up_days", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("returned", sa.String(length=300), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["person.id"], name=op.f("fk_meeting_approved_by_id_person")),
        sa.ForeignKeyConstraint(["plan_id"], ["study_plan.id"], name=op.f("fk_meeting_plan_id_study_plan")),
        sa.ForeignKeyConstraint(["scope_section_id"], ["section.id"], name=op.f("fk_meeting_scope_section_id_section")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_meeting_sitting_id_sitting")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["person.id"], name=op.f("fk_meeting_submitted_by_id_person")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_begins_at"), "meeting", ["begins_at"], unique=False)
    op.create_index("ix_meeting_plan_day", "meeting", ["plan_id", "planned_on"], unique=True)

    op.create_table(
        "minutes",
        sa.Column("sitting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_minutes_changed_by_id_person")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_minutes_made_by_id_person")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_minutes_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_minutes")),
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "take",
                "topic_due",
                "paper_due",
                "approval_due",
                "swap_asked",
                "make_up_due",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("sitting_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("body", sa.String(length=500), nullable=False),
        sa.Column("state", sa.Enum("waiting", "sent", "failed", native_enum=False, length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_person_id_person")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_reminder_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("public_id", name=op.f("uq_reminder_public_id")),
    )
    op.create_index("ix_reminder_once", "reminder", ["once"], unique=True)
    op.create_index(op.f("ix_reminder_person_id"), "reminder", ["person_id"], unique=False)
    op.create_index("ix_reminder_state_next", "reminder", ["state", "next_try_at"], unique=False)

    op.create_table(
        "room",
        sa.Column("sitting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "screen", sa.Enum("sign_in", "progress", "question", "blank", native_enum=False, length=32), nullable=False
        ),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("step", sa.Enum("read", "answer", "split", "explain", native_enum=False, length=32), nullable=False),
        sa.Column("frozen", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_room_changed_by_id_person")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_room_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_room")),
    )
    op.create_table(
        "make_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("due", sa.DateTime(), nullable=False),
        sa.Column("read", sa.JSON(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.Column("assigned_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["assigned_by_id"], ["person.id"], name=op.f("fk_make_up_assigned_by_id_person")),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_make_up_attempt_id_attempt")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_make_up_person_id_person")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_make_up_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_make_up")),
        sa.UniqueConstraint("public_id", name=op.f("uq_make_up_public_id")),
        sa.UniqueConstraint("sitting_id", "person_id", name=op.f("uq_make_up_sitting_id_person_id")),
    )
    op.create_index(op.f("ix_make_up_person_id"), "make_up", ["person_id"], unique=False)

    op.add_column("section", sa.Column("closed_at", sa.DateTime(), nullable=True))
    op.add_column("attempt", sa.Column("on_paper", sa.Boolean(), server_default=sa.false(), nullable=False))

    op.add_column("person", sa.Column("email", sa.String(length=254), server_default=sa.text("''"), nullable=False))
    op.add_column("person", sa.Column("calendar_token", sa.String(length=22), nullable=True))
    op.create_index(op.f("ix_person_calendar_token"), "person", ["calendar_token"], unique=True)

    op.add_column("sitting", sa.Column("wishes", sa.JSON(), server_default=sa.text("'{}'"), nullable=False))
    op.add_column(
        "sitting",
        sa.Column(
            "kind", sa.Enum("weekly", "make_up", native_enum=False, length=32), server_default="weekly", nullable=False
        ),
    )
    op.add_column(
        "sitting",
        sa.Column(
            "mode",
            sa.Enum("together", "batched", "individual", native_enum=False, length=32),
            server_default="individual",
            nullable=False,
        ),
    )
    op.add_column(
        "sitting",
        sa.Column(
            "pace",
            sa.Enum("whole", "by_question", native_enum=False, length=32),
            server_default="whole",
            nullable=False,
        ),
    )
    op.add_column("sitting", sa.Column("ended_at", sa.DateTime(), nullable=True))

    # Every sitting has its afternoon, those of the past too.
    op.execute(
        "INSERT INTO meeting (sitting_id, place, agenda, make_up_days, returned) SELECT id, '', '', 7, '' FROM sitting"
    )


def downgrade() -> None:
    op.drop_column("sitting", "ended_at")
    op.drop_column("sitting", "pace")
    op.drop_column("sitting", "mode")
    op.drop_column("sitting", "kind")
    op.drop_column("sitting", "wishes")

    op.drop_index(op.f("ix_person_calendar_token"), table_name="person")
    op.drop_column("person", "calendar_token")
    op.drop_column("person", "email")

    op.drop_column("section", "closed_at")
    op.drop_column("attempt", "on_paper")

    op.drop_index(op.f("ix_make_up_person_id"), table_name="make_up")

    op.drop_table("make_up")
    op.drop_table("room")
    op.drop_index("ix_reminder_state_next", table_name="reminder")
    op.drop_index(op.f("ix_reminder_person_id"), table_name="reminder")
    op.drop_index("ix_reminder_once", table_name="reminder")

    op.drop_table("reminder")
    op.drop_table("minutes")
    op.drop_index("ix_meeting_plan_day", table_name="meeting")
    op.drop_index(op.f("ix_meeting_begins_at"), table_name="meeting")

    op.drop_table("meeting")
    op.drop_table("make_up_paper")
    op.drop_index(op.f("ix_leave_of_absence_person_id"), table_name="leave_of_absence")

    op.drop_table("leave_of_absence")
    op.drop_table("code_try")
    op.drop_table("batch")
    op.drop_index("ix_attendance_device", table_name="attendance")

    op.drop_table("attendance")
    op.drop_index(op.f("ix_study_plan_section_plan_id"), table_name="study_plan_section")

    op.drop_table("study_plan_section")
    op.drop_index(op.f("ix_study_plan_leader_plan_id"), table_name="study_plan_leader")

    op.drop_table("study_plan_leader")
    op.drop_index(op.f("ix_rota_change_plan_id"), table_name="rota_change")

    op.drop_table("rota_change")
    op.drop_table("study_plan")
