"""Keep what editors correct in a reading, newer texts of a speech, and what a speech says of itself."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "speech_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("speech_id", sa.Integer(), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("raw_text", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("loaded_by_id", sa.Integer(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["loaded_by_id"], ["person.id"], name=op.f("fk_speech_text_loaded_by_id_person")),
        sa.ForeignKeyConstraint(["speech_id"], ["speech.id"], name=op.f("fk_speech_text_speech_id_speech")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speech_text")),
        sa.UniqueConstraint("sha256", name=op.f("uq_speech_text_sha256")),
    )
    op.create_index(op.f("ix_speech_text_speech_id"), "speech_text", ["speech_id"], unique=False)
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("speech_id", sa.Integer(), nullable=False),
        sa.Column(
            "verb",
            sa.Enum(
                "confirm",
                "rename",
                "retype",
                "split",
                "merge",
                "add",
                "delete",
                "level",
                name="verb",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_correction_made_by_id_person")),
        sa.ForeignKeyConstraint(["speech_id"], ["speech.id"], name=op.f("fk_correction_speech_id_speech")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_speech_id"), "correction", ["speech_id"], unique=False)
    op.add_column("speech", sa.Column("speaker", sa.String(length=200), nullable=True))
    op.add_column("speech", sa.Column("occasion", sa.String(length=200), nullable=True))
    op.add_column("speech", sa.Column("held_on", sa.Date(), nullable=True))
    op.add_column("key_point", sa.Column("gone_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("key_point", "gone_at")
    op.drop_column("speech", "held_on")
    op.drop_column("speech", "occasion")
    op.drop_column("speech", "speaker")
    op.drop_index(op.f("ix_correction_speech_id"), table_name="correction")
    op.drop_table("correction")
    op.drop_index(op.f("ix_speech_text_speech_id"), table_name="speech_text")
    op.drop_table("speech_text")
