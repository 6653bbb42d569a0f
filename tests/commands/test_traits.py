import json

from stillwatch.catalogue import trait_facts


def test_all_traits_are_listed(command):
    code, out, _ = command("traits")
    assert code == 0
    assert all(one.name in out for one in trait_facts())


def test_one_trait_is_told_with_its_evasion(command):
    code, out, _ = command("traits", "payment card")
    (card,) = trait_facts("payment card")
    assert code == 0
    assert all(
        part in " ".join(out.split()) for part in (card.about, card.evasion, *card.honest_reasons, "payment_hash")
    )


def test_json_is_one_document(command):
    code, out, _ = command("traits", "--json")
    assert code == 0
    assert [one["name"] for one in json.loads(out)] == [one.name for one in trait_facts()]


def test_a_name_that_no_trait_has_ends_with_2(command):
    code, out, err = command("traits", "card")
    assert (code, out) == (2, "")
    assert err.startswith("there is no trait `card`\n")
