"""Keep the words that speeches lend each other as wrong options."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lent_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("speech_id", sa.Integer(), nullable=False),
        sa.Column("shape", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["speech_id"], ["speech.id"], name=op.f("fk_lent_item_speech_id_speech")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lent_item")),
    )
    op.create_index(op.f("ix_lent_item_speech_id"), "lent_item", ["speech_id"], unique=False)
    op.create_index("ix_lent_item_shape_text", "lent_item", ["shape", "text"], unique=False)


def downgrade() -> None:
    op.drop_table("lent_item")
