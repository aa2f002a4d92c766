"""What the daily page asks of the database does not grow with the number of people who practise."""

from datetime import timedelta

from conftest import Clock
from conftest import Office
from services.test_daily import answer
from services.test_daily import begun
from services.test_daily import chosen
from sqlalchemy import event
from sqlalchemy import update
from sqlalchemy.orm import Session
from stocked import stocked_set

from quizapp.core.states import QuestionState
from quizapp.db.bank import QuestionRow
from quizapp.db.base import db
from quizapp.db.engine import writing

set_id = stocked_set(each=2)
#: Tables that grow with people times days, times key points, times questions.
LARGE = frozenset({"card", "practice_answer", "mistake", "daily", "attempt", "response", "question_version"})


def test_no_query_of_the_daily_page_walks_through_a_whole_table(
    set_id: int, session: Session, office: Office, clock: Clock
) -> None:
    asked: list[tuple[str, object]] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH", "UPDATE daily")):
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    for place in begun(office.staff, clock()).places:
        answer(office.staff, place, clock(), right=False)
    # Cards without a question lead to asking which have one.
    with writing() as write:
        write.execute(update(QuestionRow).values(state=QuestionState.RETIRED).where(QuestionRow.id % 2 == 0))
    chosen(office.staff, clock() + timedelta(days=2))
    event.remove(db.engine, "before_cursor_execute", note)
    db.session.rollback()
    steps = [
        (step[-1], statement)
        for statement, parameters in asked
        for step in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
    ]
    tables = {step.split()[1] for step, _ in steps if step.startswith(("SCAN", "SEARCH"))}
    assert tables >= {"card", "practice_answer", "mistake", "daily"}
    assert not [found for found in steps if found[0].startswith("SCAN") and found[0].split()[1] in LARGE]
