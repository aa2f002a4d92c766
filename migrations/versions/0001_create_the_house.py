"""Create the house: people, speeches, bank, sittings, attempts, audit."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


#: Nobody changes or deletes a row of the audit trail.
GUARDS = {
    "sqlite": (
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are final'); END",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows are final'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION audit_is_final() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit rows are final'; END $$",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_final()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("person_name", sa.String(length=50), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("verb", sa.String(length=50), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_hash")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_table(
        "section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["section.id"], name=op.f("fk_section_parent_id_section")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("public_id", name=op.f("uq_section_public_id")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_number", sa.String(length=32), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("length(staff_number) > 0", name=op.f("ck_sign_in_failure_staff_number_present")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index(op.f("ix_sign_in_failure_at"), "sign_in_failure", ["at"], unique=False)
    op.create_index(op.f("ix_sign_in_failure_ip"), "sign_in_failure", ["ip"], unique=False)
    op.create_index(op.f("ix_sign_in_failure_staff_number"), "sign_in_failure", ["staff_number"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_number", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("post", sa.String(length=50), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("initial_password_expires_at", sa.DateTime(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("large_type", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_person_section_id_section")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("public_id", name=op.f("uq_person_public_id")),
        sa.UniqueConstraint("staff_number", name=op.f("uq_person_staff_number")),
    )
    op.create_index(op.f("ix_person_section_id"), "person", ["section_id"], unique=False)
    op.create_table(
        "oversight",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_oversight_person_id_person")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_oversight_section_id_section")),
        sa.PrimaryKeyConstraint("person_id", "section_id", name=op.f("pk_oversight")),
    )
    op.create_table(
        "person_role",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum("staff", "editor", "admin", "auditor", name="role", native_enum=False, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_role_person_id_person")),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_person_role")),
    )
    op.create_table(
        "sign_in_session",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_session_person_id_person")),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_sign_in_session")),
    )
    op.create_index(op.f("ix_sign_in_session_person_id"), "sign_in_session", ["person_id"], unique=False)
    op.create_table(
        "sitting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=False),
        sa.Column("host_section_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("pass_percent", sa.Integer(), nullable=False),
        sa.Column(
            "multiple_rule",
            sa.Enum("all_or_nothing", "partial", name="multiplerule", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("specification", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("duration_minutes > 0", name=op.f("ck_sitting_has_a_duration")),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_sitting_opens_before_it_closes")),
        sa.CheckConstraint("pass_percent BETWEEN 1 AND 100", name=op.f("ck_sitting_pass_mark_is_a_percentage")),
        sa.ForeignKeyConstraint(["host_section_id"], ["section.id"], name=op.f("fk_sitting_host_section_id_section")),
        sa.ForeignKeyConstraint(["leader_id"], ["person.id"], name=op.f("fk_sitting_leader_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sitting_public_id")),
    )
    op.create_index(op.f("ix_sitting_closes_at"), "sitting", ["closes_at"], unique=False)
    op.create_index(op.f("ix_sitting_opens_at"), "sitting", ["opens_at"], unique=False)
    op.create_table(
        "speech",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("raw_text", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("loaded_by_id", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(), nullable=True),
        sa.Column("drafting_summary", sa.JSON(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["loaded_by_id"], ["person.id"], name=op.f("fk_speech_loaded_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speech")),
        sa.UniqueConstraint("public_id", name=op.f("uq_speech_public_id")),
        sa.UniqueConstraint("sha256", name=op.f("uq_speech_sha256")),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("deadline", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closer", sa.Enum("person", "server", name="closer", native_enum=False, length=32), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("full_units", sa.Integer(), nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_attempt_person_id_person")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_attempt_section_id_section")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_attempt_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("public_id", name=op.f("uq_attempt_public_id")),
        sa.UniqueConstraint("sitting_id", "person_id", name=op.f("uq_attempt_sitting_id_person_id")),
    )
    op.create_index("ix_attempt_deadline_open", "attempt", ["closed_at", "deadline"], unique=False)
    op.create_index(op.f("ix_attempt_person_id"), "attempt", ["person_id"], unique=False)
    op.create_index("ix_attempt_sitting_section", "attempt", ["sitting_id", "section_id"], unique=False)
    op.create_table(
        "key_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("speech_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("named", "counted", "headings", name="setkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("pairs", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["speech_id"], ["speech.id"], name=op.f("fk_key_point_speech_id_speech")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_point")),
        sa.UniqueConstraint("speech_id", "start", "end", "name", name=op.f("uq_key_point_speech_id_start_end_name")),
    )
    op.create_index(op.f("ix_key_point_speech_id"), "key_point", ["speech_id"], unique=False)
    op.create_table(
        "question_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("speech_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["speech_id"], ["speech.id"], name=op.f("fk_question_set_speech_id_speech")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_set")),
        sa.UniqueConstraint("public_id", name=op.f("uq_question_set_public_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_question_set_slug")),
        sa.UniqueConstraint("speech_id", name=op.f("uq_question_set_speech_id")),
    )
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=128), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "in_review", "sent_back", "approved", "retired", name="questionstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("key_point_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["key_point_id"], ["key_point.id"], name=op.f("fk_question_key_point_id_key_point")),
        sa.ForeignKeyConstraint(["set_id"], ["question_set.id"], name=op.f("fk_question_set_id_question_set")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_version.id"], name="fk_question_version_id_question_version", use_alter=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint("public_id", name=op.f("uq_question_public_id")),
        sa.UniqueConstraint("set_id", "fingerprint", name=op.f("uq_question_set_id_fingerprint")),
    )
    op.create_index(op.f("ix_question_key_point_id"), "question", ["key_point_id"], unique=False)
    op.create_index(op.f("ix_question_set_id"), "question", ["set_id"], unique=False)
    op.create_index(op.f("ix_question_state"), "question", ["state"], unique=False)
    op.create_table(
        "response",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_response_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", "position", name=op.f("pk_response")),
    )
    op.create_table(
        "sitting_set",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["set_id"], ["question_set.id"], name=op.f("fk_sitting_set_set_id_question_set")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_set_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", "set_id", name=op.f("pk_sitting_set")),
    )
    op.create_table(
        "question_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "single_choice",
                "multiple_choice",
                "true_false",
                "fill_in",
                name="typename",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("key", sa.JSON(), nullable=False),
        sa.Column("blanks", sa.JSON(), nullable=False),
        sa.Column("any_order", sa.Boolean(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("source_speech", sa.String(length=200), nullable=False),
        sa.Column("source_heading", sa.Text(), nullable=False),
        sa.Column("source_quote", sa.Text(), nullable=False),
        sa.Column("source_start", sa.Integer(), nullable=True),
        sa.Column("source_end", sa.Integer(), nullable=True),
        sa.Column("difficulty", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_question_version_author_id_person")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_version_question_id_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_version")),
        sa.UniqueConstraint("question_id", "number", name=op.f("uq_question_version_question_id_number")),
    )
    op.create_index(op.f("ix_question_version_question_id"), "question_version", ["question_id"], unique=False)
    op.create_table(
        "paper_question",
        sa.Column("sitting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("full_mark", sa.Integer(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_paper_question_sitting_id_sitting")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_version.id"], name=op.f("fk_paper_question_version_id_question_version")
        ),
        sa.PrimaryKeyConstraint("sitting_id", "position", name=op.f("pk_paper_question")),
    )
    op.create_index(op.f("ix_paper_question_version_id"), "paper_question", ["version_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column(
            "decision", sa.Enum("approved", "sent_back", name="decision", native_enum=False, length=32), nullable=False
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["reviewer_id"], ["person.id"], name=op.f("fk_review_reviewer_id_person")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_version.id"], name=op.f("fk_review_version_id_question_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_version_id"), "review", ["version_id"], unique=False)
    if op.get_bind().dialect.supports_alter:
        # The question points at its newest version and the version at its question; SQLite took this one in line.
        op.create_foreign_key(
            "fk_question_version_id_question_version", "question", "question_version", ["version_id"], ["id"]
        )
    for statement in GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.supports_alter:
        op.drop_constraint("fk_question_version_id_question_version", "question", type_="foreignkey")
    op.drop_index(op.f("ix_review_version_id"), table_name="review")
    op.drop_table("review")
    op.drop_index(op.f("ix_paper_question_version_id"), table_name="paper_question")
    op.drop_table("paper_question")
    op.drop_index(op.f("ix_question_version_question_id"), table_name="question_version")
    op.drop_table("question_version")
    op.drop_table("sitting_set")
    op.drop_table("response")
    op.drop_index(op.f("ix_question_state"), table_name="question")
    op.drop_index(op.f("ix_question_set_id"), table_name="question")
    op.drop_index(op.f("ix_question_key_point_id"), table_name="question")
    op.drop_table("question")
    op.drop_table("question_set")
    op.drop_index(op.f("ix_key_point_speech_id"), table_name="key_point")
    op.drop_table("key_point")
    op.drop_index("ix_attempt_sitting_section", table_name="attempt")
    op.drop_index(op.f("ix_attempt_person_id"), table_name="attempt")
    op.drop_index("ix_attempt_deadline_open", table_name="attempt")
    op.drop_table("attempt")
    op.drop_table("speech")
    op.drop_index(op.f("ix_sitting_opens_at"), table_name="sitting")
    op.drop_index(op.f("ix_sitting_closes_at"), table_name="sitting")
    op.drop_table("sitting")
    op.drop_index(op.f("ix_sign_in_session_person_id"), table_name="sign_in_session")
    op.drop_table("sign_in_session")
    op.drop_table("person_role")
    op.drop_table("oversight")
    op.drop_index(op.f("ix_person_section_id"), table_name="person")
    op.drop_table("person")
    op.drop_index(op.f("ix_sign_in_failure_staff_number"), table_name="sign_in_failure")
    op.drop_index(op.f("ix_sign_in_failure_ip"), table_name="sign_in_failure")
    op.drop_index(op.f("ix_sign_in_failure_at"), table_name="sign_in_failure")
    op.drop_table("sign_in_failure")
    op.drop_table("section")
    op.drop_index(op.f("ix_audit_at"), table_name="audit")
    op.drop_table("audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_final")
