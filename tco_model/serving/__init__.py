"""How much load a fleet carries: measured throughput, roofline, queueing, load shapes. Depends on units and errors only."""
