"""One module per question: (bundle, query) -> `Answer`; no dash, no fastapi, no plotly here."""
