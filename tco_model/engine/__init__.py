"""From a scenario to draws and reduced results. Depends on scenario and what lies below."""
