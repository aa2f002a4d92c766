"""Keep what a training authority recognised."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recognition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("authority", sa.String(length=60), nullable=False),
        sa.Column("document", sa.String(length=100), nullable=False),
        sa.Column("minutes_per_hour", sa.Integer(), nullable=False),
        sa.Column("entered_by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("minutes_per_hour > 0", name=op.f("ck_recognition_hours_have_minutes")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_recognition_changed_by_id_person")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["person.id"], name=op.f("fk_recognition_entered_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition")),
        sa.UniqueConstraint("public_id", name=op.f("uq_recognition_public_id")),
        sa.UniqueConstraint("year", "authority", name=op.f("uq_recognition_year_authority")),
    )


def downgrade() -> None:
    op.drop_table("recognition")
