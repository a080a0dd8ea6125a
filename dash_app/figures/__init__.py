"""Table in, plotly figure out: one plain function per chart, nothing computed beyond layout.

Tables come first, options are keyword-only, and `theme` holds every colour and font. A figure is
built once for light and dark: data colours read on both, and whatever depends on the theme (text,
gridlines, neutral lines) is coloured by ``assets/figures.css``.
"""
