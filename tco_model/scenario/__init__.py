"""One decision as a typed scenario, read from YAML with the line of every value. Depends on lines, inputs and what lies below."""
