"""Remember the colours and the contrast that a person has chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    theme = sa.Enum("system", "light", "dark", native_enum=False, length=32)
    contrast = sa.Enum("standard", "high", native_enum=False, length=32)
    op.add_column("person", sa.Column("theme", theme, server_default="system", nullable=False))
    op.add_column("person", sa.Column("contrast", contrast, server_default="standard", nullable=False))


def downgrade() -> None:
    op.drop_column("person", "contrast")
    op.drop_column("person", "theme")
