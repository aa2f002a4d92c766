"""Keep every answer as it was received, by which open page, and how often a page was left."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attempt", sa.Column("page", sa.String(length=22), server_default=sa.text("''"), nullable=False))
    op.add_column("attempt", sa.Column("moved_at", sa.DateTime(), nullable=True))
    op.add_column("response", sa.Column("flagged", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("response", sa.Column("page", sa.String(length=22), server_default=sa.text("''"), nullable=False))
    op.add_column("response", sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=22), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=True),
        sa.Column(
            "arrival", sa.Enum("saved", "late", "older", "too_late", native_enum=False, length=32), nullable=False
        ),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_receipt_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint(
            "attempt_id", "position", "page", "sequence", name=op.f("uq_receipt_attempt_id_position_page_sequence")
        ),
    )
    op.create_table(
        "leaving",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=22), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("left_at", sa.DateTime(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_leaving_attempt_id_attempt")),
        sa.PrimaryKeyConstraint("attempt_id", "page", "number", name=op.f("pk_leaving")),
    )


def downgrade() -> None:
    op.drop_table("leaving")
    op.drop_table("receipt")
    op.drop_column("response", "late")
    op.drop_column("response", "page")
    op.drop_column("response", "flagged")
    op.drop_column("attempt", "moved_at")
    op.drop_column("attempt", "page")
