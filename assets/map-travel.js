/* Rings around the focused track and what is near it, and the flight to one that is out of view. */
(function () {
  "use strict";

  const { view: shared, noUpdate } = window.songscape;
  const own = window.songscapeMap;
  const { map, paintNow, plotOf, repaint, spanOf, stage, viewNow } = own;

  const FLIGHT_MS = 450;
  const isStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  let flownTo = null;

  function mark(marks, figure) {
    if (!marks || !figure) return noUpdate();
    const { layout, turns } = figure.layout.meta;
    const shown = marks[layout] || { x: [], y: [], size: [], width: [] };
    map.marks = shown;
    if (turns) {
      flownTo = shared.track;
      repaint();
      return noUpdate();
    }
    own.whenDrawn((plot) => {
      const trace = plot.data.findIndex((t) => t.meta && t.meta.role === "marks");
      if (trace < 0) return;
      const { x, y, size, width } = shown;
      window.Plotly.restyle(plot, { x: [x], y: [y], "marker.size": [size], "marker.line.width": [width] }, [trace]);
      const last = x.length - 1;
      if (shared.track !== flownTo && last >= 0 && shown.kind[last] === "track") flyTo(plot, x[last], y[last]);
      flownTo = shared.track;
    });
    return noUpdate();
  }

  /* A track outside of the middle of the view, as one found by searching is, is flown to and seen from near. */
  function flyTo(plot, x, y, always = false) {
    const from = viewNow();
    const [w, h] = [from.x1 - from.x0, from.y1 - from.y0];
    const inside = x > from.x0 + 0.1 * w && x < from.x1 - 0.1 * w && y > from.y0 + 0.1 * h && y < from.y1 - 0.1 * h;
    if (inside && !always && !map.wasSearched) return;
    map.wasSearched = false;
    const near = Math.min(w, 5000);
    const to = spanOf([x - near / 2, x + near / 2], [y - (near * h) / w / 2, y + (near * h) / w / 2]);
    fly(plot, from, to);
  }

  function fly(plot, from, to) {
    const arrive = () => {
      map.flight = null;
      stage()?.classList.remove("is-flying");
      window.Plotly.relayout(plot, { "xaxis.range": [to.x0, to.x1], "yaxis.range": [to.y0, to.y1] });
    };
    if (isStill()) return arrive();
    const started = window.performance.now();
    stage().classList.add("is-flying");
    const step = () => {
      const share = Math.min(1, (window.performance.now() - started) / FLIGHT_MS);
      const eased = share * share * (3 - 2 * share);
      map.flight = Object.fromEntries(Object.keys(from).map((end) => [end, from[end] + (to[end] - from[end]) * eased]));
      if (!stage() || plotOf() !== plot) return (map.flight = null);
      paintNow();
      return share < 1 ? window.requestAnimationFrame(step) : arrive();
    };
    return window.requestAnimationFrame(step);
  }

  window.dash_clientside.songscape = Object.assign({}, window.dash_clientside.songscape, { mark });
})();
