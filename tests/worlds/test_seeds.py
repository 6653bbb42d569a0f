import numpy as np

from stillwatch.worlds.seeds import generator, mix, seed_of, unit


def test_a_seed_depends_on_its_names_and_their_order_only():
    assert seed_of("a", 1) == seed_of("a", 1)
    assert len({seed_of("a", 1), seed_of(1, "a"), seed_of("a1"), seed_of("a", 2)}) == 4


def test_mixed_seeds_do_not_depend_on_their_neighbours():
    seeds = np.arange(1, 1000, dtype=np.uint64)
    assert (mix(seeds, 5)[100:200] == mix(seeds[100:200], 5)).all()
    assert len(np.unique(mix(seeds, 5))) == len(seeds)
    assert (mix(seeds, 5) != mix(seeds, 6)).all()
    assert (mix(seeds, seeds)[:1] == mix(seeds[:1], 1)).all()


def test_unit_is_spread_evenly_over_zero_to_one():
    drawn = unit(mix(np.arange(100_000, dtype=np.uint64), 3))
    counts = np.histogram(drawn, bins=10, range=(0, 1))[0]
    assert drawn.min() >= 0
    assert drawn.max() < 1
    assert abs(counts - 10_000).max() < 500


def test_generators_of_one_seed_draw_alike():
    assert generator(9).random() == generator(9).random()


def test_a_mixed_seed_is_that_of_split_mix():
    def one(seed, salt):
        x = ((seed ^ (salt * 0x9E3779B97F4A7C15 + 0xBF58476D1CE4E5B9)) + 0x9E3779B97F4A7C15) % 2**64
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
        return x ^ (x >> 31)

    seeds = [0, 1, 2**63, 2**64 - 1]
    assert mix(np.array(seeds, np.uint64), 9).tolist() == [one(seed, 9) % 2**64 for seed in seeds]


def test_the_largest_seed_is_still_below_one():
    assert unit(np.array([2**64 - 1], np.uint64))[0] < 1
