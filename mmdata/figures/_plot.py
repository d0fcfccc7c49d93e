"""Drawing with matplotlib: a figure and its axes without any global state, and what became of its texts."""

from __future__ import annotations

from typing import Any

from PIL import Image

from mmdata.figures import Box, Drawing

DPI = 100
_MARGIN = 7
"""Pixels between the outermost ink and the picture's edges."""


class Plot:
    """A matplotlib figure of so many pixels, with one pair of axes in `axes`. Its settings are matplotlib's defaults
    whatever the user's own configuration says. `family` is a font that matplotlib brings."""

    def __init__(
        self, width: int, height: int, background: str = "white", font: float = 10, family: str = "DejaVu Sans"
    ) -> None:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self._settings = {**matplotlib.rcParamsDefault, "font.size": font, "font.family": [family], "backend": "agg"}
        with matplotlib.rc_context(self._settings):
            self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=background)
            self._canvas = FigureCanvasAgg(self.figure)
            self.axes: Any = self.figure.add_subplot()
            self.axes.set_facecolor(background)

    def done(self) -> Drawing:
        """The finished picture."""
        import matplotlib
        from matplotlib.text import Text

        with matplotlib.rc_context(self._settings):
            for text in self.figure.findobj(Text):
                # Those made since then have taken the font of the user's configuration.
                text.set_fontfamily(self._settings["font.family"])
            self._fit()
            self._canvas.draw()
            width, height = self._canvas.get_width_height()
            image = Image.frombuffer("RGBA", (width, height), self._canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
            boxes, unseen = [], self._unseen()
            for text in self.figure.findobj(Text):
                if text not in unseen and text.get_visible() and text.get_text().strip():
                    box = text.get_window_extent()
                    left, right, top, bottom = map(float, (box.x0, box.x1, height - box.y1, height - box.y0))
                    boxes.append(Box(text=text.get_text(), left=left, right=right, top=top, bottom=bottom))
        return Drawing(image=image.convert("RGB"), texts=tuple(boxes))

    def _fit(self) -> None:
        """Lets the axes fill the picture, with all that stands around them. Like matplotlib's tight layout, in half
        its time."""
        from matplotlib.transforms import Bbox

        renderer = self._canvas.get_renderer()
        axes = self.figure.axes
        inner = Bbox.union([a.get_position(original=True).transformed(self.figure.transFigure) for a in axes])
        outer = Bbox.union([box for a in axes if (box := a.get_tightbbox(renderer))])
        width, height = self._canvas.get_width_height()
        self.figure.subplots_adjust(
            left=(_MARGIN + max(0.0, inner.x0 - outer.x0)) / width,
            right=1 - (_MARGIN + max(0.0, outer.x1 - inner.x1)) / width,
            bottom=(_MARGIN + max(0.0, inner.y0 - outer.y0)) / height,
            top=1 - (_MARGIN + max(0.0, outer.y1 - inner.y1)) / height,
        )

    def _unseen(self) -> set[Any]:
        """Labels of ticks beyond the ends of an axis, or of an axis that is not shown: matplotlib keeps them, and does
        not draw them."""
        found = set()
        for axes in self.figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                low, high = sorted(axis.get_view_interval())
                slack = 1e-9 * (high - low)
                for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
                    if not axes.axison or not axis.get_visible() or not low - slack <= tick.get_loc() <= high + slack:
                        found |= {tick.label1, tick.label2}
        return found
