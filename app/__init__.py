"""The Streamlit front end: a client of the library. Pages show and ask; every figure is computed in `tco_model`."""
