"""Hands the exporters what writes their files whole or not at all."""

from tco_model.files import write_all, write_bytes, write_new_text, write_text

__all__ = ["write_all", "write_bytes", "write_new_text", "write_text"]
