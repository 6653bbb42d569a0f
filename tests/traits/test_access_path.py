from stillwatch.traits.access_path import AccessPath

CASES = [
    ({"access_path": "cloud-a"}, ["cloud-a"], "the path as the source names it"),
    ([{"access_path": "api"}, {"access_path": "edu"}], ["api", "edu"], "an account that comes by two paths shows both"),
    ({"endpoint": "api"}, [], "the endpoint is no path"),
]


def test_what_is_shown(check_cases):
    check_cases(AccessPath(), CASES)
