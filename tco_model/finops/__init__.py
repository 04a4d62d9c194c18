"""What is done with the bill of a workspace: allocated to its owners, exactly; stands on actuals and errors."""
