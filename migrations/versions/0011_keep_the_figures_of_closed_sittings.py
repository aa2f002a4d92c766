"""Keep the figures of closed sittings."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sitting_summary",
        sa.Column("sitting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sections_made_at", sa.DateTime(), nullable=True),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("items_outdated", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("items_begun_at", sa.DateTime(), nullable=True),
        sa.Column("items_made_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_sitting_summary_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("sitting_id", name=op.f("pk_sitting_summary")),
    )
    op.create_table(
        "section_summary",
        *_place("section_summary"),
        sa.Column("full_units", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("dealt", "started", "closed", "passed")),
        sa.Column("excellent", sa.Integer(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("squares", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("waiting", "excused", "made_up")),
        sa.Column("outdated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("sitting_id", "section_id", "full_units", name=op.f("pk_section_summary")),
    )
    op.create_index(
        "ix_section_summary_outdated",
        "section_summary",
        ["sitting_id"],
        sqlite_where=sa.text("outdated"),
        postgresql_where=sa.text("outdated"),
    )
    op.create_table(
        "question_summary",
        *_place("question_summary"),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("full", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sitting_id", "section_id", "position", name=op.f("pk_question_summary")),
    )
    sums = ("marks", "squares", "totals", "total_squares", "products", "best")
    op.create_table(
        "item_statistics",
        sa.Column("sitting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("full_mark", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in sums),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_item_statistics_sitting_id_sitting")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["question_version.id"], name=op.f("fk_item_statistics_version_id_question_version")
        ),
        sa.PrimaryKeyConstraint("sitting_id", "position", name=op.f("pk_item_statistics")),
    )
    op.create_index(op.f("ix_item_statistics_version_id"), "item_statistics", ["version_id"])


def _place(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("sitting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("section_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f(f"fk_{table}_sitting_id_sitting")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f(f"fk_{table}_section_id_section")),
    )


def downgrade() -> None:
    for table in ("item_statistics", "question_summary", "section_summary", "sitting_summary"):
        op.drop_table(table)
