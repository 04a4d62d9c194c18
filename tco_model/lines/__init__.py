"""What an option costs, one plain function a cost line. Depends on expr, inputs, units and errors."""
