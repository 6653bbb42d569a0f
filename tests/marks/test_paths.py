import pytest

from stillwatch.marks.mark import mark_exchanges

KEY = bytes(16)


@pytest.fixture
def paths_of(exchanges, model, reference):
    """Return the names behind the digests, looked up among those that a test expects."""

    def read(*expected: str, **texts: str) -> list[str]:
        names = {reference.siphash(name.encode(), KEY): name for name in expected}
        (found,) = mark_exchanges(exchanges([texts]), key=KEY, model=model)["path_digests"].to_pylist()
        assert found == sorted(found)
        return sorted(names.get(digest, "something else") for digest in found)

    return read


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("/home/ann/shop/src/main.py fails", "home/ann/shop"),
        ("at '/home/ann/Shop'.", "home/ann/shop"),
        ("file:///home/ann/shop/a", "home/ann/shop"),
        ("see /Users/Zoë/code, please", "users/zoë/code"),
        (r"open C:\Users\Ann\Shop\main.py", "users/ann/shop"),
        (r'{"cwd": "C:\\Users\\Ann\\Shop"}', "users/ann/shop"),
        ("C:/Users/Ann/Shop/x", "users/ann/shop"),
        ("https://github.com/Acme/Api/blob/main/x.py", "github.com/acme/api"),
        ("https://GitHub.com/acme/api.git", "github.com/acme/api"),
        ("git@github.com:acme/api.git", "github.com/acme/api"),
        ("git@git.acme.dev:team/api", "git.acme.dev/team/api"),
        ("https://gitlab.com/acme/api.", "gitlab.com/acme/api"),
        ("Working directory: /srv/acme/api", "srv/acme/api"),
        ("<cwd>/srv/build/acme/api/src</cwd>", "srv/build/acme/api"),
        ("x" * 100 + " /home/ann/shop", "home/ann/shop"),
        ("/home/ann/shop" + " x" * 100, "home/ann/shop"),
    ],
)
def test_paths_that_count(text, name, paths_of):
    assert paths_of(name, prompt_text=text) == [name]
    assert paths_of(name, system_text=text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "", "/", "\\", "git@", "/home/", "/home/ann", "/home/ann/", "/home/user/shop", "/home/ubuntu/x/y",
        "/Users/me/x", "/usr/bin/python3/x", "https://site.com/home/ann/shop", "/users/17/posts", "a/b/c",
        "github.com/owner/repo", "github.com/acme", "mygithub.community/acme/api", "working directory: /workspace/a/b",
        "cwd=/srv/acme", "directory /app/src/x", "/home/${USER}/shop/x", "/home/" + "a" * 65 + "/shop",
        r"C:\Users\admin\x", r"\Users\ann\x", "him@host:acme/api",
    ],
)  # fmt: skip
def test_paths_that_do_not_count(text, paths_of):
    assert paths_of(prompt_text=text) == []


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


def test_a_text_that_ends_where_the_buffer_ends(paths_of):
    for size in range(1, 70):
        assert paths_of("home/ann/shop", prompt_text="." * size + " /home/ann/shop") == ["home/ann/shop"]
