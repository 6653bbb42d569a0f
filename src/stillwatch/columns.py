"""Every column that crosses a border between stages, declared once.

A column's name, type, meaning and unit stand here and nowhere else: `tables.py` chooses from these,
and the Arrow schemas, the empty tables, the documentation and the border checks follow.
"""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True)
class Column:
    """One column: its name, Arrow type, meaning, and the unit or range of its values."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str | None = None
    required: bool = False

    @property
    def field(self) -> pa.Field:
        """The Arrow field, nullable unless the column is required."""
        return pa.field(self.name, self.type, nullable=not self.required)


INSTANT = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
LONG_TEXT = pa.large_string()
DIGEST = pa.int64()
DIGESTS = pa.list_(pa.int64())
COUNT = pa.int64()
BITS = pa.float64()
PROBABILITY = pa.float64()

# -- the exchange ----------------------------------------------------------------------------------------------------
EXCHANGE_ID = Column("exchange_id", TEXT, "the source's own name for one request and its answer", required=True)
ASKED_AT = Column("asked_at", INSTANT, "when the gateway accepted the request", unit="UTC", required=True)
ACCOUNT_ID = Column("account_id", TEXT, "the account that the request was billed to or signed in with", required=True)
ORG_ID = Column("org_id", TEXT, "the organisation that the account is declared to belong to")
PROJECT_ID = Column("project_id", TEXT, "the project or workspace within the organisation")
END_USER_ID = Column("end_user_id", TEXT, "the caller's own end user, as the caller names it")
API_KEY_HASH = Column("api_key_hash", TEXT, "digest of the key that signed the request")
EMAIL_DOMAIN = Column("email_domain", TEXT, "the part after the @ of the account's address")
PAYMENT_HASH = Column("payment_hash", TEXT, "digest of the card or bank account that pays")
ACCESS_PATH = Column("access_path", TEXT, "how the account reaches the model: API, app, a cloud, a programme")
ACCOUNT_CREATED_AT = Column("account_created_at", INSTANT, "when the account was opened", unit="UTC")
IP = Column("ip", TEXT, "the address that the request came from")
COUNTRY = Column("country", TEXT, "ISO 3166 code of the account; carried for the operator's reports, never scored")
USER_AGENT = Column("user_agent", TEXT, "the client's own description of itself")
JA4 = Column("ja4", TEXT, "fingerprint of the client's TLS hello")
ASN = Column("asn", pa.uint32(), "autonomous system that announces the address")
PROVIDER = Column("provider", TEXT, "who serves the model")
ENDPOINT = Column("endpoint", TEXT, "the API that was called")
MODEL = Column("model", TEXT, "the model that was asked")
STREAM = Column("stream", pa.bool_(), "whether the answer was streamed")
STATUS_CODE = Column("status_code", pa.int16(), "HTTP status of the answer")
SYSTEM_TEXT = Column("system_text", LONG_TEXT, "the system prompt")
PROMPT_TEXT = Column("prompt_text", LONG_TEXT, "what the user side asked this time")
RESPONSE_TEXT = Column("response_text", LONG_TEXT, "the answer")
REASONING_TEXT = Column("reasoning_text", LONG_TEXT, "the reasoning that was shown with the answer")
HISTORY_DIGESTS = Column(
    "history_digests", DIGESTS, "one keyed digest for each earlier prefix of the conversation, oldest first"
)
REASONING_SIGNATURES = Column(
    "reasoning_signatures", pa.list_(TEXT), "signed reasoning blocks that the request carries"
)
TOOLS_OFFERED = Column("tools_offered", pa.list_(TEXT), "names of the tools that the request offers")
TOOLS_CALLED = Column("tools_called", pa.list_(TEXT), "names of the tools that the answer calls")
HAS_IMAGE = Column("has_image", pa.bool_(), "whether the request carries an image")
CONVERSATION_ID = Column("conversation_id", TEXT, "the source's own name for the conversation")
TURN = Column("turn", pa.int32(), "position in the conversation, from 0")
INPUT_TOKENS = Column("input_tokens", COUNT, "all input, cached included", unit="tokens")
OUTPUT_TOKENS = Column("output_tokens", COUNT, "all output, reasoning included", unit="tokens")
REASONING_TOKENS = Column("reasoning_tokens", COUNT, "the part of the output that is reasoning", unit="tokens")
CACHED_INPUT_TOKENS = Column("cached_input_tokens", COUNT, "the part of the input read from a cache", unit="tokens")
TEMPERATURE = Column("temperature", pa.float32(), "sampling temperature")
TOP_P = Column("top_p", pa.float32(), "nucleus sampling bound", unit="0-1")
MAX_TOKENS = Column("max_tokens", pa.int32(), "most output that the request allows", unit="tokens")
N = Column("n", pa.int32(), "answers asked for at once")
LOGPROBS = Column("logprobs", pa.bool_(), "whether token probabilities were asked for")
REASONING_EFFORT = Column("reasoning_effort", TEXT, "how much reasoning was asked for")
FINISH_REASON = Column("finish_reason", TEXT, "why the answer ended")

# -- what one exchange shows by itself -------------------------------------------------------------------------------
PROMPT_DIGEST = Column("prompt_digest", DIGEST, "keyed digest of the prompt, case and spacing folded")
SYSTEM_DIGEST = Column("system_digest", DIGEST, "keyed digest of the system prompt, case, spacing and numbers folded")
OPENING_DIGEST = Column("opening_digest", DIGEST, "keyed digest of the first masked words; null for shorter prompts")
ENDING_DIGEST = Column("ending_digest", DIGEST, "keyed digest of the last masked words; null for shorter prompts")
WORDING_SKETCH = Column(
    "wording_sketch", pa.binary(64), "64 positions of a byte: equal ones estimate how much wording is shared"
)
WORDING_VECTOR = Column("wording_vector", pa.binary(32), "random features of the words, 32 signed bytes; sums add up")
MEANING_VECTOR = Column(
    "meaning_vector", pa.binary(64), "what the words are about, 64 signed bytes, the same under every key; sums add up"
)
INTENT = Column("intent", TEXT, "what the prompt most probably wants, one of `marks.intents.INTENTS`")
INTENT_SCORES = Column("intent_scores", pa.binary(12), "probability of each intent, a byte each", unit="255ths")
LANGUAGE = Column("language", TEXT, "ISO 639-1 code or script; carried for reports, never scored")
PATH_DIGESTS = Column("path_digests", DIGESTS, "keyed digests of repository and machine paths in the prompt")
OWNER_DIGESTS = Column("owner_digests", DIGESTS, "keyed digests of the people whose home folders the prompt shows")
SIGNATURE_DIGESTS = Column("signature_digests", DIGESTS, "keyed digests of the signed reasoning blocks carried")
TOOLS_DIGEST = Column("tools_digest", DIGEST, "keyed digest of the set of tools offered; null when none")
PROMPT_BYTES = Column("prompt_bytes", COUNT, "size of the prompt", unit="bytes of UTF-8")
WORDS_COUNT = Column("words_count", COUNT, "words in the prompt; one for each character of scripts without spaces")
WORDING_FAMILY = Column("wording_family", DIGEST, "smallest prompt digest among the prompts of one verified wording")
EXCHANGES_COUNT = Column("exchanges_count", COUNT, "exchanges")

# -- what accounts show and share ------------------------------------------------------------------------------------
DAY = Column("day", pa.date32(), "UTC day", required=True)
TRAIT = Column("trait", TEXT, "name of a trait, as `stillwatch traits` lists it", required=True)
FAMILY = Column("family", TEXT, "family of evidence that a trait belongs to", required=True)
VALUE = Column("value", TEXT, "what the account showed", required=True)
FIRST_SEEN_AT = Column("first_seen_at", INSTANT, "first exchange", unit="UTC")
LAST_SEEN_AT = Column("last_seen_at", INSTANT, "last exchange", unit="UTC")
ADDRESS_RANGE = Column("address_range", TEXT, "the narrowest listed range that holds the address, and its kinds")
DOMAIN = Column("domain", TEXT, "an e-mail domain on the operator's list, in lower case", required=True)
EXAMPLE_EXCHANGE_ID = Column("example_exchange_id", TEXT, "the earliest exchange that shows it")
ACCOUNT_A = Column("account_a", TEXT, "the first of two accounts, in the order of their ids", required=True)
ACCOUNT_B = Column("account_b", TEXT, "the second of two accounts", required=True)
STANDALONE_COUNT = Column("standalone_count", COUNT, "exchanges that are known to continue no conversation")
HOURS = Column("hours", pa.list_(pa.int64(), 24), "exchanges in each hour of the UTC day")
INTENT_COUNTS = Column("intent_counts", pa.list_(pa.int64(), 12), "exchanges of each intent, in the order of INTENTS")
WORDING_SUM = Column("wording_sum", pa.list_(pa.int64(), 32), "sum of the wording vectors")
MEANING_SUM = Column("meaning_sum", pa.list_(pa.int64(), 64), "sum of the meaning vectors")
WEIGHT_BITS = Column("weight_bits", BITS, "log2 of (chance if one operator / chance if strangers)", unit="bits")
SHARED_COUNT = Column("shared_count", COUNT, "values that both accounts show")
SHARED_VALUE = Column("shared_value", TEXT, "the rarest value that both accounts show")

# -- the truth of a world --------------------------------------------------------------------------------------------
CAMPAIGN = Column("campaign", TEXT, "the campaign in the story; null for what is honest, and for a campaign's cover")
ROLE = Column("role", TEXT, "what the account is in the story; `fraud` for those of campaigns")
CLOSED_AT = Column("closed_at", INSTANT, "when the operator of the story closed the account", unit="UTC")

# -- campaigns and findings ------------------------------------------------------------------------------------------
CAMPAIGN_ID = Column("campaign_id", TEXT, "digest of the campaign's accounts", required=True)
CONFIDENCE = Column(
    "confidence",
    PROBABILITY,
    "how probable it is that honest traffic does not explain it: a group given all judged, one account by itself",
    unit="0-1",
)
COORDINATION_BITS = Column("coordination_bits", BITS, "evidence that the accounts are one operator", unit="bits")
EXTRACTION_BITS = Column("extraction_bits", BITS, "evidence that the traffic harvests answers", unit="bits")
FALSE_ALARM_RATE = Column(
    "false_alarm_rate", PROBABILITY, "how often honest traffic shows as much, by the calibration", unit="0-1"
)
ACCOUNTS_COUNT = Column("accounts_count", COUNT, "accounts")
EXTRACTION_COUNT = Column("extraction_count", COUNT, "exchanges told to be extraction, the cover left out")
MEMBERSHIP_BITS = Column("membership_bits", BITS, "evidence that ties this account to the others", unit="bits")
KIND = Column("kind", TEXT, "`coordination` or `extraction`: the question that the evidence answers", required=True)
EVIDENCE_BITS = Column("evidence_bits", BITS, "what this piece adds to its question", unit="bits")
SEEN = Column("seen", TEXT, "what was seen, in words and numbers")
EXPECTED = Column("expected", TEXT, "what strangers or honest customers show")
EXAMPLE_EXCHANGE_IDS = Column("example_exchange_ids", pa.list_(TEXT), "exchanges under the evidence, earliest first")
