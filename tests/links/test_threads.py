from stillwatch.links.threads import in_parts, slices


def test_parts_are_given_back_in_their_order():
    assert in_parts(lambda part: part.stop - part.start, slices(10, 4)) == [4, 4, 2]
    assert in_parts(str, []) == []


def test_slices_cover_a_length():
    assert [(one.start, one.stop) for one in slices(10, 4)] == [(0, 4), (4, 8), (8, 10)]
    assert slices(0, 4) == []
