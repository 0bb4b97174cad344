"""What people look at to judge: comparisons of both sides, and charts as Plotly's JSON.

Figures come in as rows and go out as findings and figures: no SQL, no page lives here. May import store and what lies below it.
"""
