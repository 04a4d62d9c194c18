"""Pictures as data: a Vega-Lite specification made once, and tidy rows for every new answer. Imports nothing of ours."""
