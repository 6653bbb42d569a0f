"""Every error that a user of `--state` can meet, in the shape of `error_form`."""

from stillwatch.error_form import Fault


class StateUnreadable(Fault):
    """A folder is no state, or one that this version cannot read."""

    told = "the state cannot be read"
    wanted = "a folder that is new, empty, or was written by `stillwatch scan --state` of this version"
    advice = "name another folder with `--state`, and scan the logs of the days that matter into it"


class StateMismatch(Fault):
    """A state was made under other terms than those of this scan."""

    told = "the state was made under other terms"
    wanted = "the key, the lists and the version that made the state: its digests mean nothing under others"
    advice = "scan with those settings, or name a new folder with `--state` and scan the days that matter into it"


class StateBusy(Fault):
    """Another scan has the state open."""

    told = "the state is in use"
    wanted = "a state that no other scan has open"
    advice = "wait until the other scan ends, or name another folder with `--state`"


class StateAmongLogs(Fault):
    """The folder of the state lies in a folder of logs, where the next scan would read it."""

    told = "the state would lie among the logs"
    wanted = "a folder outside the logs, since the next scan would read the state as logs"
    advice = "name another folder with `--state`, or give the logs by a glob such as `logs/*.jsonl`"


class StateAmongFindings(Fault):
    """One of the folders of the state and of the findings lies in the other, and would be taken for a part of it."""

    told = "the state and the findings would lie in one another"
    wanted = "two folders, neither of them in the other, since findings are replaced as a whole"
    advice = "name another folder with `--into`, or with `--state`"


class NothingKept(Fault):
    """Forgetting would leave a state without a day."""

    told = "nothing would be left of the state"
    wanted = "a date that leaves at least one day"
    advice = "name an earlier date with `--before`, or remove the folder to forget everything"
