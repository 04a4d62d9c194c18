"""The parts of the Bills page, one a tab; each takes the bills and shows what it is about. They compute nothing."""
