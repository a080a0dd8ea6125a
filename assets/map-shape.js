/* A lasso or a box over the map, drawn here: plotly would say a tenth of a second later that it was drawn, and lay its
 * frame out twice. Plotly's bar above the map still chooses between lasso, box and moving. */
(function () {
  "use strict";

  const { view: shared, setSelection, withKey } = window.songscape;
  const { scaleOf } = window.songscapePaint;
  const own = window.songscapeMap;
  const { map, plotOf, stage, viewNow } = own;

  const MAX_POINTS = 60;
  const LEAST_PIXELS = 5; // less is a click
  const SVG = "http://www.w3.org/2000/svg";

  const modeNow = () => plotOf()?._fullLayout?.dragmode;
  const isOnMap = (event) => !map.meta?.turns && event.target.closest?.("#map-graph .nsewdrag") && ["lasso", "select"].includes(modeNow());

  /* ---- drawing -------------------------------------------------------------------------------------------------- */

  let drawing = null; // { pointer, isBox, points: [[x, y], ...] in pixels of the stage, line }

  const inStage = (event) => {
    const box = stage().getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  function outline() {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "map-lasso");
    svg.setAttribute("aria-hidden", "true");
    const line = svg.appendChild(document.createElementNS(SVG, "polygon"));
    stage().append(svg);
    return line;
  }

  function cornersNow() {
    const { points, isBox } = drawing;
    const [[x0, y0], [x1, y1]] = [points[0], points[points.length - 1]];
    return isBox ? [[x0, y0], [x1, y0], [x1, y1], [x0, y1]] : points;
  }

  function end() {
    drawing?.line.parentNode.remove();
    drawing = null;
  }

  document.addEventListener("pointerdown", (event) => {
    if (drawing) return end(); // a second finger
    if (event.button || !isOnMap(event)) return;
    drawing = { pointer: event.pointerId, isBox: modeNow() === "select", points: [inStage(event)], line: outline() };
  }, true);

  document.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drawing?.pointer) return;
    drawing.points.push(inStage(event));
    drawing.line.setAttribute("points", cornersNow().join(" "));
  }, true);

  document.addEventListener("pointerup", (event) => {
    if (event.pointerId !== drawing?.pointer) return;
    const corners = stage() ? cornersNow() : [];
    end();
    const spans = [0, 1].map((axis) => Math.max(...corners.map((one) => one[axis])) - Math.min(...corners.map((one) => one[axis])));
    if (corners.length > 2 && Math.max(...spans) >= LEAST_PIXELS) select(textOf(unscaled(corners)));
  }, true);

  document.addEventListener("pointercancel", end, true);
  document.addEventListener("keydown", (event) => event.key === "Escape" && end(), true);

  /* Plotly must not see a press that draws, or it draws as well. */
  for (const type of ["mousedown", "touchstart"]) {
    document.addEventListener(type, (event) => {
      if (event.button || !isOnMap(event)) return;
      event.stopPropagation();
      if (type === "mousedown") event.preventDefault(); // selects no text on the way
      stage().focus({ preventScroll: true });
    }, { capture: true, passive: false });
  }

  document.addEventListener("dblclick", (event) => {
    if (isOnMap(event) && shared.selection.lasso) select("");
  }, true);

  /* ---- what was drawn, as text ------------------------------------------------------------------------------------ */

  /* Ramer-Douglas-Peucker, on [x, y] pairs. */
  function simplified(points, tolerance) {
    if (points.length < 4) return points;
    const [a, b] = [points[0], points[points.length - 1]];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    let worst = 0, at = 0;
    for (let i = 1; i < points.length - 1; i++) {
      const p = points[i];
      const off = a[0] === b[0] && a[1] === b[1]
        ? Math.hypot(p[0] - a[0], p[1] - a[1])
        : Math.abs((b[0] - a[0]) * (a[1] - p[1]) - (a[0] - p[0]) * (b[1] - a[1])) / length;
      if (off > worst) [worst, at] = [off, i];
    }
    if (worst <= tolerance) return [a, b];
    return [...simplified(points.slice(0, at + 1), tolerance).slice(0, -1), ...simplified(points.slice(at), tolerance)];
  }

  function scaleNow() {
    const { width, height } = stage().getBoundingClientRect();
    return { ...scaleOf(viewNow(), width, height), width, height };
  }

  function unscaled(pixels) {
    const { kx, ky, ox, oy } = scaleNow();
    return pixels.map(([x, y]) => [Math.round((x - ox) / kx), Math.round((oy - y) / ky)]);
  }

  /* In the map's coordinates, with as few corners as tell the shape. */
  function textOf(raw) {
    let corners = raw;
    for (let tolerance = 30; corners.length > MAX_POINTS || (corners === raw && raw.length > 4); tolerance *= 2) corners = simplified(raw, tolerance);
    const { layout } = map.meta; // another than UMAP's is named
    const numbers = (corners.length < 3 ? raw.slice(0, MAX_POINTS) : corners).flat();
    return [...(layout === "umap" ? [] : [layout]), ...numbers].join(".");
  }

  /* Painted at once; then the store tells all others. */
  function select(lasso) {
    const { combined } = window.songscape; // a shape instead of the last, beside it, or taken out of what is selected
    const chosen = lasso && combined ? combined({ lasso }) : withKey(shared.selection, "lasso", lasso);
    setSelection(chosen);
  }

  Object.assign(own, { scaleNow, selectShape: (corners) => select(textOf(corners)) });
})();
