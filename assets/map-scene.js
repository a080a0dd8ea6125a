/* The map as it stands: what is held, which part is in view, and the loop that paints it. `window.songscapeMap` is what
 * all files of the map share. */
(function () {
  "use strict";

  const paint = window.songscapePaint;

  const GHOST_OPACITY = 0.18;

  const map = { meta: null, points: null, raster: null, image: null, lasso: null, cursor: -1, showsContours: false, film: null, filmYears: null, turn: null };

  const plotOf = () => document.querySelector("#map-graph .js-plotly-plot");
  const own = () => window.songscapeMap;
  const stage = () => document.getElementById("map-stage");

  /* ---- what is in view ---------------------------------------------------------------------------------------- */

  const spanOf = ([x0, x1], [y0, y1]) => ({ x0, x1, y0, y1 });

  /* As plotly will show it: both axes to one scale, the shorter one widened about its middle. */
  function fitted([xs, ys], width, height) {
    const scale = Math.min(width / (xs[1] - xs[0]), height / (ys[1] - ys[0]));
    const [cx, cy] = [(xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2];
    const [rx, ry] = [width / scale / 2, height / scale / 2];
    return spanOf([cx - rx, cx + rx], [cy - ry, cy + ry]);
  }

  function viewNow() {
    if (map.flight) return map.flight;
    const full = plotOf()?._fullLayout;
    const box = stage().getBoundingClientRect();
    if (map.meta.turns) return own().turnedView(box);
    const isMine = ["bundle", "layout"].every((key) => full?.meta?.[key] === map.meta[key]);
    const isReady = full?.xaxis?.range && isMine && Math.abs(full.width - box.width) < 2;
    return isReady ? spanOf(full.xaxis.range, full.yaxis.range) : fitted(map.meta.view, box.width, box.height);
  }

  /* ---- painting ----------------------------------------------------------------------------------------------- */

  let waits = false;

  function repaint() {
    if (waits) return;
    waits = true;
    window.requestAnimationFrame(() => {
      waits = false;
      if (map.meta && stage()) paintNow();
    });
  }

  function lookNow(ratio) {
    const style = window.getComputedStyle(document.documentElement);
    const colour = (name) => paint.rgb(style.getPropertyValue(name));
    const n = map.points ? map.points.x.length : 0;
    const { against } = map.meta;
    const [size, opacity] = map.meta.all ? map.meta.size : sizeFor(n);
    return {
      palette: map.meta.palette, other: colour("--ghost"), ghost: colour("--ghost"), ground: colour("--surface-2"),
      ink: style.getPropertyValue("--ink"), accent: style.getPropertyValue("--accent"), against: paint.rgb(against),
      size: size * ratio, opacity, ghostOpacity: GHOST_OPACITY,
    };
  }

  const sizeFor = (n) => (n <= 10000 ? [5, 0.8] : n <= 60000 ? [3.5, 0.7] : [2, 0.6]);

  /* What was painted stays until what another layout needs has come. */
  function paintNow() {
    if (!(map.points || map.raster) || map.layout !== map.meta.layout) return;
    const canvas = document.getElementById("map-canvas");
    if (!map.sheet || map.sheet.canvas !== canvas) map.sheet = new paint.Sheet(canvas);
    const box = stage().getBoundingClientRect();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const [width, height] = [Math.max(1, Math.round(box.width * ratio)), Math.max(1, Math.round(box.height * ratio))];
    const [look, view] = [lookNow(ratio), viewNow()];
    if (map.meta.turns) paint.paintDeep(map.sheet, map.points, view, width, height, look);
    else if (map.points) paint.paintPoints(map.sheet, map.points, view, width, height, look);
    else paintDensity(view, width, height, look);
    paintOver(view, width, height, look, ratio);
    own().placeCross();
    window.performance.clearMarks("map-painted");
    window.performance.mark("map-painted");
    if (map.isFresh) window.performance.mark("map-selected");
    map.isFresh = false;
  }

  function paintDensity(view, width, height, look) {
    const key = look.ground.join() + map.raster.key;
    if (map.imageKey !== key) [map.image, map.imageKey] = [paint.rasterImage(map.raster, look), key];
    paint.paintRaster(map.sheet, map.raster, map.image, view, width, height, look);
  }

  function paintOver(view, width, height, look, ratio) {
    if (map.showsContours) paint.paintLines(map.sheet, contoursOf(view), view, width, height, look.ink, ratio);
    if (map.meta.turns) own().paintMarks(view, width, height, look, ratio);
    else if (map.outline) {
      map.sheet.context.setLineDash([3 * ratio, 3 * ratio]);
      paint.paintLines(map.sheet, [map.outline], view, width, height, look.accent, 1.5 * ratio);
      map.sheet.context.setLineDash([]);
    }
    if (map.cursor >= 0 && map.points) {
      const { x, y } = map.points;
      paint.paintRing(map.sheet, x[map.cursor], y[map.cursor], view, width, height, look.accent, look.ground, ratio);
    }
  }

  /* Lines of all points once; of a raster, of what is in view. */
  function contoursOf(view) {
    if (map.lines) return map.lines;
    if (map.points) return (map.lines = paint.contours(map.points, map.meta.all && !map.meta.turns ? spanOf(...map.meta.view) : view));
    const { raster } = map;
    const x = Float32Array.from(raster.counts, (_, i) => raster.x0 + ((i % raster.width) + 0.5) * ((raster.x1 - raster.x0) / raster.width));
    const y = Float32Array.from(raster.counts, (_, i) => raster.y0 + (Math.floor(i / raster.width) + 0.5) * ((raster.y1 - raster.y0) / raster.height));
    const weight = Float32Array.from(raster.counts, (level) => (level ? Math.exp((level - 1) / 254 * Math.log(raster.most)) : 0));
    return (map.lines = paint.contours({ x, y, weight }, raster));
  }

  /* Tracks that a layout leaves out, and those of other years while the years are played, are not there. */
  function showOnly() {
    if (!map.points) return;
    const { placed } = map.points;
    map.points.shown = map.film && placed ? map.film.map((bit, i) => bit & placed[i]) : map.film || placed;
    map.lines = null;
    repaint();
  }

  /* Where a point stands on the screen, in pixels. */
  function placeOf(i) {
    const box = stage().getBoundingClientRect();
    const { kx, ky, ox, oy } = paint.scaleOf(viewNow(), box.width, box.height);
    return [box.left + map.points.x[i] * kx + ox, box.top + oy - map.points.y[i] * ky];
  }

  window.songscapeMap = Object.assign(window.songscapeMap || {}, { map, placeOf, plotOf, fitted, spanOf, stage, viewNow, paintNow, repaint, showOnly });
})();
