import ipaddress

from stillwatch.worlds.places import COUNTRIES, draw_country, draw_home, draw_host, neighbours
from stillwatch.worlds.seeds import generator
from stillwatch.worlds.speech import LANGUAGES


def test_addresses_are_valid_and_their_networks_are_nobodys():
    rng = generator(1)
    for address in [draw(rng) for draw in (draw_home, draw_host) for _ in range(500)]:
        ip = ipaddress.ip_address(address.ip)
        assert ip.version == 6 or not ip.is_private
        assert 64512 <= address.asn <= 65534


def test_homes_are_spread_and_hosts_are_crowded():
    rng = generator(2)
    homes = {draw_home(rng).ip.rsplit(".", 2)[0] for _ in range(2000)}
    hosts = {draw_host(rng).ip.rsplit(".", 2)[0] for _ in range(2000)}
    assert len(hosts) <= 90
    assert len(homes) > 900


def test_neighbours_share_a_block_and_never_an_address():
    rng = generator(3)
    for _ in range(50):
        some = neighbours(rng, draw_home(rng), 6)
        assert len({address.ip for address in some}) == 6
        assert len({address.ip.rsplit(".", 1)[0] for address in some}) == 1


def test_countries_come_by_their_shares():
    rng = generator(4)
    drawn = [COUNTRIES[draw_country(rng)][0] for _ in range(3000)]
    assert set(drawn) == {country for country, *_ in COUNTRIES}
    assert drawn.count("US") > drawn.count("SG") * 4


def test_a_country_may_speak_a_language_that_the_grammar_knows():
    assert {language for *_, language in COUNTRIES} == {None, *LANGUAGES}
    assert all(-12 <= offset_h <= 14 for _, offset_h, *_ in COUNTRIES)


def test_homes_and_hosts_are_of_different_networks():
    rng = generator(5)
    networks: dict[str, set[int]] = {}
    for draw in (draw_home, draw_host):
        for address in (draw(rng) for _ in range(1500)):
            if "." in address.ip:
                networks.setdefault(draw.__name__, set()).add(address.asn)
    assert not networks["draw_home"] & networks["draw_host"]
