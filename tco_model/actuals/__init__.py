"""Turns bills and AI usage records, as their sources export them, into one reconciled workspace of Parquet; stands on errors and prices."""
