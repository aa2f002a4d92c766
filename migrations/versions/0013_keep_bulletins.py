"""Keep bulletins."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bulletin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("week", "month", "quarter", "year", native_enum=False, length=32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Enum("draft", "submitted", "issued", native_enum=False, length=32), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("drafted", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("facts_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("returned", sa.String(length=300), nullable=False),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.DateTime(), nullable=True),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_bulletin_begins_before_it_ends")),
        sa.ForeignKeyConstraint(["approver_id"], ["person.id"], name=op.f("fk_bulletin_approver_id_person")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_bulletin_author_id_person")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_bulletin_changed_by_id_person")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_bulletin_section_id_section")),
        sa.ForeignKeyConstraint(["submitted_by_id"], ["person.id"], name=op.f("fk_bulletin_submitted_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
        sa.UniqueConstraint("public_id", name=op.f("uq_bulletin_public_id")),
    )
    op.create_index("ix_bulletin_section_id_starts_on", "bulletin", ["section_id", "starts_on"])
    op.create_index(op.f("ix_bulletin_starts_on"), "bulletin", ["starts_on"])
    op.create_table(
        "bulletin_sitting",
        sa.Column("bulletin_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sitting_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["bulletin_id"], ["bulletin.id"], name=op.f("fk_bulletin_sitting_bulletin_id_bulletin")
        ),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_bulletin_sitting_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("bulletin_id", "sitting_id", name=op.f("pk_bulletin_sitting")),
    )
    op.create_index(op.f("ix_bulletin_sitting_sitting_id"), "bulletin_sitting", ["sitting_id"])
    op.create_table(
        "bulletin_absence",
        sa.Column("bulletin_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("section_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bulletin_id"], ["bulletin.id"], name=op.f("fk_bulletin_absence_bulletin_id_bulletin")
        ),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_bulletin_absence_section_id_section")),
        sa.PrimaryKeyConstraint("bulletin_id", "section_id", name=op.f("pk_bulletin_absence")),
    )


def downgrade() -> None:
    op.drop_table("bulletin_absence")
    op.drop_table("bulletin_sitting")
    op.drop_table("bulletin")
