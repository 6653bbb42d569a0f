import inspect

import pyarrow as pa

from stillwatch.campaigns.gather import gather_campaigns
from stillwatch.marks.intents import HARVEST
from stillwatch.traits.acts import read_acts
from stillwatch.traits.shared import find_shared_traits

WANTED, *_ = sorted(HARVEST)
FILLING = [{"account_id": "fills", "opening_digest": 1, "prompt_digest": place, "intent": WANTED} for place in range(5)]
ASKING = [{"account_id": "asks", "prompt_digest": 9, "intent": WANTED}]
PASSING = [{"account_id": account, "history_digests": list(range(1, turn)), "turn": turn - 1, "intent": "coding"}
           for turn, account in enumerate("xyzxyzxyz", 1)]  # fmt: skip
CROSSING = [{"account_id": account, "owner_digests": [home], "intent": "coding"}
            for account in "uv" for home in (1, 2, 3)]  # fmt: skip
HONEST = [{"account_id": "honest", "prompt_digest": 7, "intent": "coding"}]


def test_each_act_is_read_of_who_does_it(shelf):
    shelf.show(FILLING + ASKING + PASSING + CROSSING + HONEST)
    find_shared_traits(shelf.engine, [])
    accounts = pa.array(["asks", "fills", "honest", "u", "v", "x", "y", "z"])
    found = read_acts(shelf.engine, accounts)
    who = {act: accounts.filter(pa.array(mask)).to_pylist() for act, mask in found.items()}
    assert who == {"suspects": ["fills"], "harvesting": ["asks", "fills"], "passing": ["u", "v", "x", "y", "z"]}
    assert set(found) <= set(inspect.signature(gather_campaigns).parameters)
