"""KPIs of social media marketing: sources, audit, warehouse, targets and letters."""
