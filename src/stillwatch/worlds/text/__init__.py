"""Takes what is to be said and seeds, gives texts: a compositional grammar in files of its own."""

from stillwatch.worlds.text.grammar import Grammar, Scopes, shipped_grammar
from stillwatch.worlds.text.slips import with_slips
from stillwatch.worlds.text.writing import write_texts

__all__ = ["Grammar", "Scopes", "shipped_grammar", "with_slips", "write_texts"]
