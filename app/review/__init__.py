"""The parts of the Review page, one a tab, with what they share; each takes the review of a month and shows it."""
