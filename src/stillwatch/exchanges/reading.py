"""How logs are read: the settings of the stage, each with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """Settings of the reading stage.

    Parameters
    ----------
    largest_bad_share
        Largest share (0-1) of rows that may be set aside. One row in twenty is more than any healthy export loses.
    judged_after_rows
        Rows after which the share is also judged while reading: enough that chance does not stop a good export.
    batch_rows
        Most rows of a batch: enough that work for each batch is small against work for each row.
    batch_bytes
        Most bytes of a batch, unless one row alone is larger: bounds memory whatever the prompts.
    examples_kept
        Set-aside rows that are kept to be shown.
    sniffed_rows
        First rows of a file from which its format is recognised.
    """

    largest_bad_share: float = 0.05
    judged_after_rows: int = 1_000
    batch_rows: int = 16_384
    batch_bytes: int = 32_000_000
    examples_kept: int = 10
    sniffed_rows: int = 20
