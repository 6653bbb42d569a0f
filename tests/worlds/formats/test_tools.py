import json

import pytest

from stillwatch.worlds.clients import TOOLS
from stillwatch.worlds.formats import tools

NAMES = sorted({name for group in TOOLS for name in group} | {"unheard_of"})


@pytest.mark.parametrize("name", NAMES)
def test_a_call_gives_what_the_declaration_asks_for(name):
    schema = tools.schema(name)
    given = tools.arguments(name)
    assert schema["required"] == list(schema["properties"]) == list(given)
    assert json.loads(tools.arguments_text(name)) == given


def test_the_description_is_a_sentence():
    assert tools.described("read_file") == "Read file."
