from stillwatch.traits.machine_owner import MachineOwner


def say(text):
    return {"prompt_text": text}


CASES = [
    (say("fix /home/ann/shop/a.py"), say("why does /home/ann/web/b.py fail"), 1, "one person, two repositories"),
    (say("fix /home/ann/shop/a.py"), say("fix /home/bob/shop/a.py"), 0, "another person"),
    (say("fix /home/ann/shop/a.py"), {"system_text": "cwd: /home/ann/web"}, 1, "agents show it in either place"),
    (say("clone github.com/acme/api"), say("clone github.com/acme/api"), 0, "a repository is nobody's home"),
    (say("fix /home/user/shop/a.py"), say("fix /home/user/shop/a.py"), 0, "a name that stands for nobody"),
]


def test_what_two_accounts_share(check_shared):
    check_shared(MachineOwner(), CASES)
