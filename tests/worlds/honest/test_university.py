import numpy as np
import polars as pl

from stillwatch.worlds.calendar import DAY_US
from stillwatch.worlds.honest.university import Course, UniversityClass


def test_a_class_signs_up_in_one_week_with_one_domain_and_one_campus(fortnight):
    students = UniversityClass(students=40).accounts(fortnight, 3)
    created = [student.created_us for student in students]
    assert max(created) - min(created) < 7 * DAY_US
    assert len({student.email_domain for student in students}) == len({student.country for student in students}) == 1
    assert len({student.addresses[0].ip for student in students}) == 3
    assert {student.habits.access_path for student in students} == {"education"}
    assert {student.payment_hash for student in students} == {None}


def test_students_ask_about_one_assignment_in_their_own_words(fortnight, record):
    frame = record(UniversityClass(students=40).accounts(fortnight, 3))
    task = frame["prompt_text"].str.to_lowercase().str.extract(r"(discuss the role of .{12})")
    assert frame.filter(task.is_not_null())["account_id"].n_unique() > 10
    assert task.drop_nulls().value_counts()["count"].max() > 0.5 * task.drop_nulls().len()
    assert frame["prompt_text"].n_unique() > 0.7 * frame.height


def test_two_classes_have_different_assignments_and_schools(fortnight):
    one, two = (UniversityClass(students=5).accounts(fortnight, seed) for seed in (3, 4))
    assert one[0].email_domain != two[0].email_domain
    assert not len(np.intersect1d(one[0].visits["group"], two[0].visits["group"]))


def test_students_work_before_the_assignment_is_due(fortnight):
    students = UniversityClass(students=40).accounts(fortnight, 4)
    due = np.array([student.created_us for student in students]) + 9 * DAY_US
    begun = [student.visits["at"][student.visits["turn"] == 0].max(initial=0) for student in students]
    assert (np.array(begun) < due).all()


def test_a_course_runs_the_same_problems_through_one_notebook(fortnight, record):
    students = Course(students=20, problems=30).accounts(fortnight, 3)
    frame = record(students)
    assert frame["ja4"].n_unique() == frame["user_agent"].n_unique() == frame["email_domain"].n_unique() == 1
    assert frame["turn"].max() == 0
    assert {student.role for student in students} == {"course"}
    asked = frame.group_by("account_id").agg(pl.col("prompt_text").n_unique())["prompt_text"]
    assert set(asked) == {frame["prompt_text"].n_unique()}
    assert {len(student.visits) for student in students} == {30, 60}


def test_a_courses_problems_are_those_of_the_public_set(fortnight, record):
    one, two = (set(record(Course(students=2, problems=400).accounts(fortnight, s))["prompt_text"]) for s in (3, 4))
    assert 3 < len(one & two) < 200
