"""Let each sitting say when its keys are shown, and whether every person gets a paper of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    review = sa.Enum("at_once", "after_closing", "never", native_enum=False, length=32)
    drawing = sa.Enum("same", "per_person", native_enum=False, length=32)
    op.add_column("sitting", sa.Column("review", review, server_default="at_once", nullable=False))
    op.add_column("sitting", sa.Column("drawing", drawing, server_default="same", nullable=False))


def downgrade() -> None:
    op.drop_column("sitting", "drawing")
    op.drop_column("sitting", "review")
