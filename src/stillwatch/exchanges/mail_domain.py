"""The domain of an e-mail address, and nothing of the person before it."""

import pyarrow as pa
import pyarrow.compute as pc

# What follows the last @, without what may stand around an address, such as a bracket and a name.
_DOMAIN = r"""(?s)^.*@\s*([^\s<>()\[\],;:"']*).*$"""


def domain_alone(domains: pa.Array) -> pa.Array:
    """Return a column of e-mail domains, of whole addresses only what follows the last @; null where nothing does."""
    if not pc.any(pc.match_substring(domains, "@")).as_py():
        return domains
    alone = pc.replace_substring_regex(domains, pattern=_DOMAIN, replacement=r"\1")
    return pc.if_else(pc.equal(alone, ""), pa.scalar(None, alone.type), alone)
