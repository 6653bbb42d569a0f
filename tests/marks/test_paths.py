import pytest

from stillwatch.marks.mark import mark_exchanges

KEY = bytes(16)


def test_files_of_one_checkout_agree_and_texts_join(paths_of):
    prompt = "compare /home/ann/shop/a.py with /home/ann/shop/lib/b.py"
    found = paths_of("home/ann/shop", "github.com/acme/api", prompt_text=prompt, system_text="github.com/acme/api")
    assert found == ["github.com/acme/api", "home/ann/shop"]


def test_at_most_eight_the_smallest(exchanges, model, reference):
    names = [f"home/ann/shop{chr(97 + i)}" for i in range(12)]
    rows = [{"prompt_text": " ".join(f"/{n}" for n in names[:7]), "system_text": " ".join(f"/{n}" for n in names[5:])}]
    found = mark_exchanges(exchanges(rows), key=KEY, model=model)["path_digests"].to_pylist()
    assert found == [sorted(reference.siphash(n.encode(), KEY) for n in names)[:8]]


def test_no_text_no_paths(exchanges, model):
    marks = mark_exchanges(exchanges([{}, {"system_text": ""}]), key=KEY, model=model)
    assert marks["path_digests"].to_pylist() == [None, []]
    assert marks["owner_digests"].to_pylist() == [None, []]


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("/home/ann/shop/a.py and /home/ann/web/b.py", ["home/ann"]),
        (r"C:\Users\Ann\Shop\main.py and /Users/zoë/code", ["users/ann", "users/zoë"]),
        ("github.com/home/ann/x and git@host.dev:home/ann", []),
        ("cwd: /srv/home/ann and /home/user/shop", []),
        ("/home/ann", []),
    ],
)
def test_whose_home_folders_are_shown(text, owners, exchanges, model, reference):
    rows = [{"prompt_text": text}, {"system_text": text}, {"system_text": text}]
    found = mark_exchanges(exchanges(rows), key=KEY, model=model)["owner_digests"].to_pylist()
    assert found == [sorted(reference.siphash(one.encode(), KEY) for one in owners)] * 3


def test_a_text_that_ends_where_the_buffer_ends(paths_of):
    for size in range(1, 70):
        assert paths_of("home/ann/shop", prompt_text="." * size + " /home/ann/shop") == ["home/ann/shop"]
