"""The term graph: one table of operations, traced, evaluated, and spelled in words and as Excel. Depends on units and errors only."""
