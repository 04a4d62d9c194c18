"""What people write, made into quantities: value, unit, provenance. Depends on units and errors only."""
