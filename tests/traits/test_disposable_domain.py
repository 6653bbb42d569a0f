from stillwatch.traits.disposable_domain import DisposableDomain

CASES = [
    ({"email_domain": "mail1.example"}, ["disposable"], "a listed domain"),
    ({"email_domain": "MAIL1.Example"}, ["disposable"], "case says nothing in domains"),
    (
        [{"email_domain": "mail1.example"}, {"email_domain": "mail2.example"}],
        ["disposable"],
        "whichever of the listed domains",
    ),
    ({"email_domain": "lab.example"}, [], "a domain that is not listed"),
    ({"email_domain": "x.mail1.example"}, [], "a list names domains whole"),
    ({}, [], "no address"),
]


def test_what_is_shown(check_cases):
    check_cases(DisposableDomain(), CASES, domains=["mail1.example", "mail2.example"])


def test_without_a_list_nothing_is_shown(check_cases):
    check_cases(DisposableDomain(), [({"email_domain": "mail1.example"}, [], "no list")])
