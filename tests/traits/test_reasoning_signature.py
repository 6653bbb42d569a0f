from stillwatch.traits.reasoning_signature import ReasoningSignature


def carry(*blocks):
    return {"reasoning_signatures": list(blocks)}


CASES = [
    (carry("sig-A"), carry("sig-A"), 1, "one block under two accounts"),
    (carry("sig-A", "sig-B"), carry("sig-C", "sig-B", "sig-A"), 2, "each block counts by itself"),
    (carry("sig-A", "sig-A"), carry("sig-A"), 1, "a block that is carried twice is one"),
    (carry("sig-A"), carry("sig-a"), 0, "a signature is taken to the letter"),
    (carry(), carry(), 0, "no blocks"),
    ({}, {}, 0, "a log without signatures"),
]


def test_what_two_accounts_share(check_shared):
    check_shared(ReasoningSignature(), CASES)
