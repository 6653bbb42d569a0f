from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stillwatch.exchanges import ColumnSurvey, Survey
from stillwatch.findings.settings import Judging
from stillwatch.findings.statement import Release
from stillwatch.settings import Context, Settings
from stillwatch.survey import look_ahead, name_lacking
from stillwatch.tables import EXCHANGES
from stillwatch.traits.base import FAMILIES

DAY = datetime(2026, 5, 1, tzinfo=UTC)
LISTS = Settings(context=Context(address_ranges=Path("r.csv"), disposable_domains=Path("d.txt")))


def surveyed(silent):
    columns = tuple(ColumnSurvey(one.name, "", one.meaning, float(one.name in silent)) for one in EXCHANGES.columns)
    return Survey((), columns, 1, (), DAY, DAY, 1, models=("m",))


def test_whole_logs_with_all_lists_see_by_every_family():
    outlook = look_ahead(surveyed(()), LISTS, (Release("m", DAY),))
    assert (outlook.blind, outlook.additions, outlook.is_dark) == ((), (), False)
    assert outlook.seeing_families == tuple(sorted(FAMILIES))


@pytest.mark.parametrize(
    ("settings", "releases", "blind", "added"),
    [
        (
            Settings(context=replace(LISTS.context, address_ranges=None)),
            True,
            "hosting range",
            "a list of address ranges",
        ),
        (
            Settings(context=replace(LISTS.context, disposable_domains=None)),
            True,
            "disposable domain",
            "a list of disposable domains",
        ),
        (LISTS, False, "early adoption", "timely releases"),
    ],
)
def test_a_list_that_is_not_given_blinds_its_trait(settings, releases, blind, added):
    outlook = look_ahead(surveyed(()), settings, (Release("m", DAY),) if releases else ())
    assert [one.name for one in outlook.blind] == [blind]
    assert [(one.what, one.traits) for one in outlook.additions] == [(added, (blind,))]


@pytest.mark.parametrize(
    ("model", "hours", "met"), [("m", 0, True), ("m", -23, True), ("m", -24, False), ("m", 1, False), ("n", 0, False)]
)
def test_a_release_that_nobody_asked_for_opens_no_eyes(model, hours, met):
    outlook = look_ahead(surveyed(()), LISTS, (Release(model, DAY + timedelta(hours=hours)),))
    assert outlook.unmet_releases == (() if met else (model,))
    assert [one.name for one in outlook.blind] == ([] if met else ["early adoption"])


def test_the_column_that_helps_most_is_named_first():
    outlook = look_ahead(surveyed({"ip", "payment_hash"}), LISTS, (Release("m", DAY),))
    first, *_, last = outlook.additions
    assert (first.what, last.what) == ("`ip`", "`payment_hash`")
    assert {"address", "address block", "hosting range"} <= set(first.traits)
    assert "money" not in outlook.seeing_families


def test_logs_that_show_one_family_can_find_nothing():
    silent = {column.name for column in EXCHANGES.columns} - {"exchange_id", "asked_at", "account_id"}
    outlook = look_ahead(surveyed(silent), Settings())
    assert outlook.is_dark
    assert outlook.seeing_families == ("timing",)


def test_as_many_families_must_see_as_the_settings_say():
    silent = {column.name for column in EXCHANGES.columns} - {"exchange_id", "asked_at", "account_id", "ip"}
    told = {
        number: look_ahead(surveyed(silent), Settings(judging=Judging(fewest_families=number))) for number in (2, 3)
    }
    assert [one.is_dark for one in told.values()] == [False, True]


def test_a_column_of_empty_lists_opens_no_eyes():
    told = surveyed({one.name for one in EXCHANGES.columns} - {"asked_at", "history_digests"})
    (empty,) = (one for one in told.columns if one.name == "history_digests")
    columns = tuple(replace(one, holds_any=one is not empty) for one in told.columns)
    assert not look_ahead(told, Settings()).is_dark
    assert look_ahead(replace(told, columns=columns), Settings()).is_dark


def test_what_is_lacking_is_named_for_people():
    assert name_lacking("email_domain, domain_kind") == "no `email_domain`, no list of disposable domains"
