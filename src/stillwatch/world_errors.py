"""The errors that worlds bring: their stories, texts and truths, in the shape of `error_form`."""

from stillwatch.error_form import Fault, Unknown


class StoryUnknown(Unknown):
    """No story of a world has this name."""

    told = "no story has the name"
    place = "the stories that ship"
    advice = "name one of these stories"


class NoSuchForm(Unknown):
    """No log format that a world can be written in has this name."""

    told = "no log format has the name"
    place = "the format given"
    advice = "name one of these formats with `--as`, or leave it out for Parquet"


class BadStory(Fault):
    """A story cannot be read, or has faults."""

    told = "the story has faults"
    wanted = "a TOML file as docs/stories.md describes it"
    advice = "correct the story; `stillwatch worlds describe february` shows one that is right"


class PromptsUnreadable(Fault):
    """A folder of prompts cannot be used."""

    told = "the prompts cannot be read"
    wanted = "a folder of Parquet, JSON Lines or text files with a column `text` or `prompt`, as docs/worlds.md shows"
    advice = "correct or leave out the file, or make the world without `--prompts`"


class GrammarBroken(Fault):
    """A grammar file names a symbol that no file defines, or holds a line that cannot be read."""

    told = "a grammar file cannot be read"
    wanted = "alternatives below `= symbol`, and slots such as `{name}`, `{name@scope}`, `{name*2-9}`, `{#1-99}`"
    advice = "define the symbol, or double the braces that are meant as text"


class TruthUnreadable(Fault):
    """A folder holds no world with its truth, or one whose files do not fit together."""

    told = "the truth of a world cannot be read"
    wanted = "`truth_accounts.parquet` and `truth_exchanges.parquet`, as they are written beside the logs of a world"
    advice = "name the folder of a world, or make the world anew"


class FindingsUnscorable(Fault):
    """A folder holds no findings that could be held against a truth."""

    told = "the findings cannot be held against the truth"
    wanted = "`accounts.parquet`, and `exchanges.parquet` where exchanges are named, as `stillwatch scan` writes them"
    advice = "name a folder that `stillwatch scan` wrote, or scan the world anew"
