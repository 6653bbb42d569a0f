from stillwatch.traits.repository_path import RepositoryPath


def say(text):
    return {"prompt_text": text}


CASES = [
    (
        say("fix the build in /home/ann/shop/src/main.py"),
        say("why does /home/ann/shop/tests/test_main.py fail"),
        1,
        "one home folder, two files",
    ),
    (say("clone git@github.com:acme/api.git"), say("see https://github.com/acme/api/issues/7"), 1, "one repository"),
    (say("clone github.com/acme/api"), say("clone github.com/acme/web"), 0, "another repository"),
    (say("fix /home/ann/shop/a.py"), say("fix /home/bob/shop/a.py"), 0, "another machine"),
    (
        say("clone github.com/acme/api"),
        {"system_text": "You work in github.com/acme/api"},
        1,
        "agents show it in either place",
    ),
    (say("write a poem on roads"), say("write a poem on roads"), 0, "no path"),
]


def test_what_two_accounts_share(check_shared):
    check_shared(RepositoryPath(), CASES)
