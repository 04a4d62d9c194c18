"""How much load a fleet carries: measured throughput, roofline, queueing, load shapes. Depends on inputs and the constants of lines."""
