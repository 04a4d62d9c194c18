"""The decision paper: two pages an executive reads and an appendix an auditor can follow, as data that the writers only spell.

Depends on analysis, charts and the report; no writer is imported here.
"""
