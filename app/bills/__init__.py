"""The parts of the Bills page, one a tab; each takes the ledger and shows what it is about. They compute nothing."""
