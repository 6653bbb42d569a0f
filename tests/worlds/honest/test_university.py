import polars as pl

from stillwatch.worlds.calendar import DAY_US
from stillwatch.worlds.honest import UniversityClass
from stillwatch.worlds.stories.background import FORTNIGHT


def test_a_class_signs_up_in_one_week_with_one_domain_and_one_assignment(record):
    students = UniversityClass(40).accounts(FORTNIGHT, 3)
    created = [student.created_us for student in students]
    assert max(created) - min(created) < 7 * DAY_US
    assert len({student.email_domain for student in students}) == 1
    assert {student.habits.access_path for student in students} == {"education"}
    assert {student.payment_hash for student in students} == {None}
    frame = record(students)
    quoted = frame.filter(pl.col("prompt_text").str.to_lowercase().str.contains("discuss the role of"))
    assert quoted["account_id"].n_unique() > 10
    assert quoted["prompt_text"].str.to_lowercase().str.slice(0, 30).value_counts()["count"].max() > 0.5 * quoted.height


def test_students_work_before_the_assignment_is_due():
    for student in UniversityClass(20).accounts(FORTNIGHT, 4):
        assert (student.visits["at"] < student.created_us + 10 * DAY_US).all()
