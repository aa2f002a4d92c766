"""Keep matching, ordering and short-answer questions, and why a drafted question is there."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("question_version", sa.Column("pairs", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("question_version", sa.Column("right_order", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("question_version", sa.Column("points", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("question", sa.Column("kind", sa.String(length=32), server_default="", nullable=False))
    op.create_index(op.f("ix_question_kind"), "question", ["kind"], unique=False)
    op.add_column("question", sa.Column("bloom", sa.String(length=16), server_default="", nullable=False))
    op.add_column("question", sa.Column("worth", sa.Float(), server_default="0", nullable=False))
    op.add_column("question", sa.Column("reasons", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("question", "reasons")
    op.drop_column("question", "worth")
    op.drop_column("question", "bloom")
    op.drop_index(op.f("ix_question_kind"), table_name="question")
    op.drop_column("question", "kind")
    op.drop_column("question_version", "points")
    op.drop_column("question_version", "right_order")
    op.drop_column("question_version", "pairs")
