from datetime import timedelta

import numpy as np

from stillwatch.tables import PROFILES
from stillwatch.traits.base import Compared
from stillwatch.traits.find import find_traits
from stillwatch.traits.prompt_pool import PromptPool


def test_the_vectors_of_prompts_add_up_over_days(shelf, noon):
    vectors = [[3] * 32, [-1] * 32, [5] * 32]
    shelf.show([
        {"asked_at": noon + timedelta(hours=8 * place), "wording_vector": np.array(vector, np.int8).tobytes()}
        for place, vector in enumerate(vectors)
    ])  # fmt: skip
    find_traits(shelf.engine)
    days = shelf.engine.sql(f"SELECT {PromptPool.vector} AS vector FROM profiles ORDER BY day")["vector"].to_pylist()
    assert len(days) == 2
    assert np.sum(days, axis=0).tolist() == [7] * 32


def test_it_is_compared_by_means_and_their_scatter():
    assert PromptPool.compared is Compared.MEANS
    assert PromptPool.vector in PROFILES.names
