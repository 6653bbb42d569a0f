"""What one account does, as numbers: the table that outlier detectors are given."""

import numpy as np
import numpy.typing as npt
import polars as pl

_ASKED, _PROMPT = pl.col("asked_at"), pl.col("prompt_text")
_HOUR = _ASKED.dt.hour()
# What a log may leave out; it is then a column of zeros.
_OPTIONAL = {"conversation_id": pl.String, "system_text": pl.String, "user_agent": pl.String, "ip": pl.String,
             "input_tokens": pl.Int64, "output_tokens": pl.Int64, "reasoning_tokens": pl.Int64, "turn": pl.Int32,
             "model": pl.String}  # fmt: skip


def account_features(exchanges: pl.DataFrame) -> tuple[list[str], npt.NDArray[np.float64]]:
    """Return the accounts, sorted, and a row of features for each: volume, hours, wording, tokens, clients.

    Counts are logarithms, as their spread asks for.
    """
    lacking = {name: pl.lit(None, kind) for name, kind in _OPTIONAL.items() if name not in exchanges.columns}
    exchanges = exchanges.with_columns(**lacking)
    hours = exchanges.group_by("account_id", _HOUR.alias("hour")).len()
    share = pl.col("len") / pl.col("len").sum()
    entropy = hours.group_by("account_id").agg(hours_entropy=-(share * share.log(2)).sum())
    size = _PROMPT.str.len_bytes()
    days = _ASKED.dt.date().n_unique()
    told = exchanges.group_by("account_id").agg(
        volume=pl.len().cast(pl.Float64).log1p(),
        pace=(pl.len() / days).log1p(),
        days=days.cast(pl.Float64),
        night_share=(_HOUR < 6).mean(),
        weekend_share=(_ASKED.dt.weekday() > 5).mean(),
        prompt_bytes=size.mean().log1p(),
        prompt_bytes_spread=size.std(),
        distinct_share=_PROMPT.n_unique() / pl.len(),
        system_share=pl.col("system_text").is_not_null().mean(),
        input_tokens=pl.col("input_tokens").mean().log1p(),
        output_tokens=pl.col("output_tokens").mean().log1p(),
        reasoning_tokens=pl.col("reasoning_tokens").mean().log1p(),
        models=pl.col("model").n_unique().cast(pl.Float64),
        turns=pl.col("turn").mean(),
        conversation_share=pl.col("conversation_id").is_not_null().mean(),
        addresses=pl.col("ip").n_unique().cast(pl.Float64).log1p(),
        addresses_share=pl.col("ip").n_unique() / pl.len(),
        user_agents=pl.col("user_agent").n_unique().cast(pl.Float64),
    )
    told = told.join(entropy, on="account_id").sort("account_id").fill_null(0).fill_nan(0)
    return told["account_id"].to_list(), told.drop("account_id").to_numpy().astype(np.float64)
