import numpy as np

from stillwatch.worlds.honest.coding_product import CodingProduct
from stillwatch.worlds.honest.reseller import Reseller


def test_everybody_shows_a_home_folder_of_their_own(fortnight, record):
    (product,), (reseller,) = (kind(people=30).accounts(fortnight, 7) for kind in (CodingProduct, Reseller))
    homes = [
        record([one])["prompt_text"].str.extract(r"/(?:home|Users)/([^/]+)/").drop_nulls()
        for one in (product, reseller)
    ]
    assert homes[0].n_unique() >= 5
    assert not len(homes[1])
    assert np.array_equal(product.visits["talk"], reseller.visits["talk"])
    assert (product.role, reseller.role) == ("coding product", "reseller")
