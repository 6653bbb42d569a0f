from stillwatch.tables import PROFILES
from stillwatch.traits.base import Compared
from stillwatch.traits.daily_rhythm import DailyRhythm
from stillwatch.traits.work_phases import WorkPhases


def test_it_reads_the_hours_of_each_day_and_holds_accounts_against_whole_campaigns():
    assert WorkPhases.vector == DailyRhythm.vector
    assert WorkPhases.vector in PROFILES.names
    assert WorkPhases.compared is Compared.DEPARTURES
    assert not WorkPhases.of_pairs


def test_one_exchange_tells_no_phases():
    assert WorkPhases.least_exchanges == 2
