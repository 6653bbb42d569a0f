import pytest


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
