"""What a result says: which option, how sure, and where each figure comes from. Depends on the engine and what lies below."""
