from stillwatch.traits.base import Compared
from stillwatch.traits.even_share import EvenShare
from stillwatch.traits.work_phases import WorkPhases


def test_it_is_of_the_same_hours_as_work_phases_and_compares_what_is_asked_in_them():
    assert (EvenShare.vector, EvenShare.least_exchanges) == (WorkPhases.vector, WorkPhases.least_exchanges)
    assert EvenShare.compared is Compared.AMOUNTS
    assert EvenShare.compared.is_by_phase
    assert not EvenShare.of_pairs
