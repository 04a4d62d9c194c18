"""Turns dated price lists into the price of one shape of request, one GPU-hour or one commitment; stands on units, errors and inputs."""
