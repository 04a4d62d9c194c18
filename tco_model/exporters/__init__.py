"""Writers of a report: workbook, terminal, JSON. May depend on everything but the command line."""
