"""Drawing: charts as SVG, from values to text; for pages, documents and notebooks alike.

Imports nothing but the standard library. What is drawn has CSS classes; a page brings its own style sheet,
a drawing that stands alone has `viaggio.drawing.alone.ALONE` inside.
"""
