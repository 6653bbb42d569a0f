"""Every table that crosses a border between stages, as a choice of columns and a key."""

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa

from stillwatch import columns as c
from stillwatch.errors import TableMismatch


@dataclass(frozen=True)
class Declared:
    """A declared table: its name, its columns in order, and the columns that name a row."""

    name: str
    columns: tuple[c.Column, ...]
    key: tuple[c.Column, ...]

    @cached_property
    def schema(self) -> pa.Schema:
        """The Arrow schema that follows from the declaration."""
        return pa.schema([column.field for column in self.columns])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(column.name for column in self.columns)

    def empty(self) -> pa.Table:
        """Return the table without rows."""
        return self.schema.empty_table()

    def check(self, given: pa.Table | pa.RecordBatch, giver: str) -> None:
        """Raise unless `given` has exactly the declared columns, with their types and no forbidden nulls.

        Raises
        ------
        TableMismatch
            A column is missing, unknown, of another type, or holds nulls where it may not.
        """
        wrong = list(self._differences(given))
        if wrong:
            raise TableMismatch(self.name, giver, wrong)

    def _differences(self, given: pa.Table | pa.RecordBatch) -> list[tuple[str, str, str]]:
        found = {field.name: field.type for field in given.schema}
        wrong = [(name, "absent", str(self.schema.field(name).type)) for name in self.names if name not in found]
        wrong += [(name, str(kind), "no such column") for name, kind in found.items() if name not in self.names]
        for column in self.columns:
            kind = found.get(column.name)
            if kind is not None and kind != column.type:
                wrong.append((column.name, str(kind), str(column.type)))
            elif kind is not None and column.required and given.column(column.name).null_count:
                wrong.append((column.name, "nulls", f"{kind} without nulls"))
        return wrong


_WHO = (c.ORG_ID, c.PROJECT_ID, c.END_USER_ID, c.API_KEY_HASH, c.EMAIL_DOMAIN, c.PAYMENT_HASH, c.ACCESS_PATH,
        c.ACCOUNT_CREATED_AT, c.IP, c.COUNTRY, c.USER_AGENT, c.JA4, c.ASN, c.PROVIDER, c.ENDPOINT, c.MODEL, c.STREAM,
        c.STATUS_CODE)  # fmt: skip
_CALL = (c.HAS_IMAGE, c.CONVERSATION_ID, c.TURN, c.INPUT_TOKENS, c.OUTPUT_TOKENS, c.REASONING_TOKENS,
         c.CACHED_INPUT_TOKENS, c.TEMPERATURE, c.TOP_P, c.MAX_TOKENS, c.N, c.LOGPROBS, c.REASONING_EFFORT,
         c.FINISH_REASON)  # fmt: skip
_NAMED = (c.EXCHANGE_ID, c.ASKED_AT, c.ACCOUNT_ID)

EXCHANGES = Declared(
    "exchanges",
    (*_NAMED, *_WHO, c.SYSTEM_TEXT, c.PROMPT_TEXT, c.RESPONSE_TEXT, c.REASONING_TEXT, c.HISTORY_DIGESTS,
     c.REASONING_SIGNATURES, c.TOOLS_OFFERED, c.TOOLS_CALLED, *_CALL),
    key=(c.EXCHANGE_ID,),
)  # fmt: skip

MARKS = Declared(
    "marks",
    (*_NAMED, *_WHO, *_CALL, c.HISTORY_DIGESTS, c.SIGNATURE_DIGESTS, c.TOOLS_DIGEST, c.PROMPT_DIGEST, c.SYSTEM_DIGEST,
     c.OPENING_DIGEST, c.ENDING_DIGEST, c.WORDING_SKETCH, c.WORDING_VECTOR, c.MEANING_VECTOR, c.INTENT,
     c.INTENT_SCORES, c.LANGUAGE, c.PATH_DIGESTS, c.OWNER_DIGESTS, c.PROMPT_BYTES, c.WORDS_COUNT),
    key=(c.EXCHANGE_ID,),
)  # fmt: skip

WORDINGS = Declared(
    "wordings", (c.PROMPT_DIGEST, c.WORDING_SKETCH, c.WORDS_COUNT, c.EXCHANGES_COUNT), key=(c.PROMPT_DIGEST,)
)
FAMILY_PROMPTS = Declared("family_prompts", (c.PROMPT_DIGEST, c.WORDING_SKETCH), key=(c.PROMPT_DIGEST,))
FAMILIES = Declared("families", (c.PROMPT_DIGEST, c.WORDING_FAMILY), key=(c.PROMPT_DIGEST,))

ADDRESS_RANGES = Declared("address_ranges", (c.IP, c.ADDRESS_RANGE), key=(c.IP,))
DISPOSABLE_DOMAINS = Declared("disposable_domains", (c.DOMAIN,), key=(c.DOMAIN,))

TRAITS = Declared(
    "day_traits",
    (c.ACCOUNT_ID, c.TRAIT, c.VALUE, c.DAY, c.EXCHANGES_COUNT, c.FIRST_SEEN_AT, c.LAST_SEEN_AT, c.EXAMPLE_EXCHANGE_ID),
    key=(c.ACCOUNT_ID, c.TRAIT, c.VALUE, c.DAY),
)
SHOWN_TRAITS = Declared(
    "traits", tuple(column for column in TRAITS.columns if column is not c.DAY), key=(c.ACCOUNT_ID, c.TRAIT, c.VALUE)
)
PROFILES = Declared(
    "profiles",
    (c.ACCOUNT_ID, c.DAY, c.EXCHANGES_COUNT, c.STANDALONE_COUNT, c.HOURS, c.INTENT_COUNTS, c.WORDING_SUM,
     c.MEANING_SUM, c.INPUT_TOKENS, c.OUTPUT_TOKENS, c.REASONING_TOKENS, c.FIRST_SEEN_AT, c.LAST_SEEN_AT),
    key=(c.ACCOUNT_ID, c.DAY),
)  # fmt: skip
LINKS = Declared(
    "links",
    (c.ACCOUNT_A, c.ACCOUNT_B, c.TRAIT, c.FAMILY, c.WEIGHT_BITS, c.SHARED_COUNT, c.SHARED_VALUE),
    key=(c.ACCOUNT_A, c.ACCOUNT_B, c.TRAIT),
)

CAMPAIGNS = Declared(
    "campaigns",
    (c.CAMPAIGN_ID, c.CONFIDENCE, c.COORDINATION_BITS, c.EXTRACTION_BITS, c.FALSE_ALARM_RATE, c.ACCOUNTS_COUNT,
     c.EXCHANGES_COUNT, c.EXTRACTION_COUNT, c.FIRST_SEEN_AT, c.LAST_SEEN_AT),
    key=(c.CAMPAIGN_ID,),
)  # fmt: skip
CAMPAIGN_ACCOUNTS = Declared(
    "campaign_accounts",
    (c.CAMPAIGN_ID, c.ACCOUNT_ID, c.MEMBERSHIP_BITS, c.FIRST_SEEN_AT, c.LAST_SEEN_AT, c.EXCHANGES_COUNT),
    key=(c.CAMPAIGN_ID, c.ACCOUNT_ID),
)
CAMPAIGN_EXCHANGES = Declared("campaign_exchanges", (c.CAMPAIGN_ID, c.EXCHANGE_ID), key=(c.CAMPAIGN_ID, c.EXCHANGE_ID))
EVIDENCE = Declared(
    "evidence",
    (c.CAMPAIGN_ID, c.KIND, c.TRAIT, c.FAMILY, c.EVIDENCE_BITS, c.ACCOUNTS_COUNT, c.SEEN, c.EXPECTED,
     c.EXAMPLE_EXCHANGE_IDS),
    key=(c.CAMPAIGN_ID, c.KIND, c.TRAIT),
)  # fmt: skip

CAMPAIGN_REASONS = Declared(
    "campaign_reasons",
    (c.CAMPAIGN_ID, c.ACCOUNT_ID, c.TRAIT, c.FAMILY, c.EVIDENCE_BITS, c.SEEN, c.EXPECTED, c.EXAMPLE_EXCHANGE_IDS),
    key=(c.CAMPAIGN_ID, c.ACCOUNT_ID, c.TRAIT),
)

DECLARED = tuple(value for value in list(globals().values()) if isinstance(value, Declared))

TRUTH_ACCOUNTS = Declared("truth_accounts", (c.ACCOUNT_ID, c.CAMPAIGN, c.ROLE, c.CLOSED_AT), key=(c.ACCOUNT_ID,))
TRUTH_EXCHANGES = Declared("truth_exchanges", (c.EXCHANGE_ID, c.CAMPAIGN, c.ASKED_AT), key=(c.EXCHANGE_ID,))
