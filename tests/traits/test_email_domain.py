from stillwatch.traits.email_domain import EmailDomain

CASES = [
    ({"email_domain": "lab.example"}, ["lab.example"], "the domain"),
    (
        [{"email_domain": "Lab.Example"}, {"email_domain": "lab.example"}],
        ["lab.example"],
        "case says nothing in domains",
    ),
    ({"email_domain": "cs.lab.example"}, ["cs.lab.example"], "a subdomain is a domain of its own"),
    ({"org_id": "lab.example"}, [], "an organisation's name is no domain"),
]


def test_what_is_shown(check_cases):
    check_cases(EmailDomain(), CASES)
