/* The map: what is in view is fetched and painted (map-paint.js), plotly.js beneath the pointer draws shapes, zooms,
 * and writes names and rings. Highlights are painted from a mask; a lasso is, at once, from what the browser has. */
(function () {
  "use strict";

  const { view: shared, api, element, focusTrack, noUpdate, setProps, setSelection, withKey } = window.songscape;
  const paint = window.songscapePaint;

  const MAX_LASSO_POINTS = 60;
  const MOST_IN_VIEW = 40000;
  const REST_MS = 60; // of a wheel or a drag, before a finer picture is asked for
  const HOVER_MS = 30;
  const REACH = 10; // pixels around a pointer
  const FLIGHT_MS = 450;
  const GHOST_OPACITY = 0.18;
  const CLICK_MS = 600;

  const map = { meta: null, points: null, raster: null, image: null, lasso: null, cursor: -1, showsContours: false, film: null };

  const plotOf = () => document.querySelector("#map-graph .js-plotly-plot");
  const stage = () => document.getElementById("map-stage");
  const isStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

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
    const isReady = full?.xaxis?.range && full.meta?.bundle === map.meta.bundle && Math.abs(full.width - box.width) < 2;
    return isReady ? spanOf(full.xaxis.range, full.yaxis.range) : fitted(map.meta.view, box.width, box.height);
  }

  /* ---- painting ----------------------------------------------------------------------------------------------- */

  let waits = false;

  function repaint() {
    if (waits) return;
    waits = true;
    window.requestAnimationFrame(() => {
      waits = false;
      if (map.meta && stage() && (map.points || map.raster)) paintNow();
    });
  }

  function lookNow(ratio) {
    const style = window.getComputedStyle(document.documentElement);
    const colour = (name) => paint.rgb(style.getPropertyValue(name));
    const n = map.points ? map.points.x.length : 0;
    const [size, opacity] = map.meta.all ? map.meta.size : sizeFor(n);
    return {
      palette: map.meta.palette, other: colour("--ghost"), ghost: colour("--ghost"), ground: colour("--surface-2"),
      ink: style.getPropertyValue("--ink"), accent: style.getPropertyValue("--accent"),
      size: size * ratio, opacity, ghostOpacity: GHOST_OPACITY,
    };
  }

  const sizeFor = (n) => (n <= 10000 ? [5, 0.8] : n <= 60000 ? [3.5, 0.7] : [2, 0.6]);

  function paintNow() {
    const canvas = document.getElementById("map-canvas");
    if (!map.sheet || map.sheet.canvas !== canvas) map.sheet = new paint.Sheet(canvas);
    const box = stage().getBoundingClientRect();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const [width, height] = [Math.max(1, Math.round(box.width * ratio)), Math.max(1, Math.round(box.height * ratio))];
    const [look, view] = [lookNow(ratio), viewNow()];
    if (map.points) paint.paintPoints(map.sheet, map.points, view, width, height, look);
    else paintDensity(view, width, height, look);
    paintOver(view, width, height, look, ratio);
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
    if (map.outline) {
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
    if (map.points) return (map.lines = paint.contours(map.points, map.meta.all ? spanOf(...map.meta.view) : view));
    const { raster } = map;
    const x = Float32Array.from(raster.counts, (_, i) => raster.x0 + ((i % raster.width) + 0.5) * ((raster.x1 - raster.x0) / raster.width));
    const y = Float32Array.from(raster.counts, (_, i) => raster.y0 + (Math.floor(i / raster.width) + 0.5) * ((raster.y1 - raster.y0) / raster.height));
    const weight = Float32Array.from(raster.counts, (level) => (level ? Math.exp((level - 1) / 254 * Math.log(raster.most)) : 0));
    return (map.lines = paint.contours({ x, y, weight }, raster));
  }

  /* ---- fetching ----------------------------------------------------------------------------------------------- */

  const dataAddress = (part, query) => {
    const { catalogue, bundle } = map.meta;
    return `/data/map/${encodeURIComponent(catalogue)}/${bundle}/${part}?${new URLSearchParams(query)}`;
  };

  async function fetched(part, query, signal) {
    const answer = await window.fetch(dataAddress(part, query), { signal });
    if (!answer.ok) throw new Error((await answer.json()).error.sentence);
    return answer.arrayBuffer();
  }

  /* Only the last question of a kind is waited for; what comes later is dropped. */
  const asking = {};

  async function latest(kind, part, query) {
    asking[kind]?.abort();
    const mine = (asking[kind] = new AbortController());
    const found = await fetched(part, query, mine.signal);
    if (asking[kind] !== mine) throw new DOMException("stale", "AbortError");
    return found;
  }

  const kept = new Map(); // positions by bundle: they are fetched once

  function positions() {
    const { bundle } = map.meta;
    if (!kept.has(bundle)) {
      kept.clear();
      kept.set(bundle, fetched("positions", {}).catch((error) => (kept.delete(bundle), Promise.reject(error))));
    }
    return kept.get(bundle);
  }

  function refused(error) {
    if (error.name === "AbortError") return;
    setProps("notice", { children: error.message, className: "notice is-shown" });
  }

  async function loadAll() {
    const { meta } = map;
    const [xy, colour] = await Promise.all([positions(), latest("colours", "colours", { colour: meta.colour })]);
    if (map.meta !== meta) return;
    const both = new Int16Array(xy);
    const n = both.length / 2;
    const before = map.points && map.bundle === meta.bundle ? map.points : {};
    map.bundle = meta.bundle;
    map.coloured = meta.colour;
    map.raster = null;
    map.points = { x: both.subarray(0, n), y: both.subarray(n), colour: new Uint8Array(colour), picked: before.picked || null, shown: before.shown || null };
    repaint();
  }

  /* ---- views: a raster, or points where they are few ------------------------------------------------------------- */

  let rests = null;

  function refineSoon() {
    if (!map.meta || map.meta.all) return;
    window.clearTimeout(rests);
    rests = window.setTimeout(refine, REST_MS);
  }

  function boxNow() {
    const view = viewNow();
    const rect = stage().getBoundingClientRect();
    const width = Math.max(8, Math.ceil(rect.width / 2));
    const height = Math.max(8, Math.ceil(rect.height / 2));
    return [Math.floor(view.x0), Math.ceil(view.x1), Math.floor(view.y0), Math.ceil(view.y1), width, height];
  }

  /* All points of a part of the map are there: what lies inside it is only painted. */
  function isHeld([x0, x1, y0, y1]) {
    const held = map.points?.box;
    return held && x0 >= held[0] && x1 <= held[1] && y0 >= held[2] && y1 <= held[3];
  }

  async function refine() {
    if (!map.meta || map.meta.all || !stage()) return;
    const { meta } = map;
    const box = boxNow();
    const filters = new URLSearchParams(filtersNow()).toString();
    const key = `${meta.bundle}|${meta.colour}|${filters}|`;
    if (map.viewKey === key + box.join() || (map.points?.key === key && isHeld(box))) return;
    map.viewKey = key + box.join();
    try {
      const buffer = await latest("view", "view", { ...filtersNow(), colour: meta.colour, box: box.join() });
      if (map.meta !== meta) return;
      take(buffer, box, key);
      map.lines = null;
      map.isFresh = map.shownFilters !== filters;
      map.shownFilters = filters;
      paintNow();
      window.performance.mark("map-refined");
    } catch (error) {
      if (error.name !== "AbortError") map.viewKey = null;
      refused(error);
    }
  }

  function take(buffer, box, key) {
    const [kind, n, chosen, width, height, most] = new Int32Array(buffer, 0, 6);
    const bytes = (from, length) => new Uint8Array(buffer, from, length);
    map.cursor = -1;
    if (kind === 1) {
      const x = new Int16Array(buffer, 24 + 4 * n, n);
      const y = new Int16Array(buffer, 24 + 6 * n, n);
      const picked = Object.keys(filtersNow()).length ? bytes(24 + 9 * n, n) : null;
      map.points = { rows: new Int32Array(buffer, 24, n), x, y, colour: bytes(24 + 8 * n, n), picked, shown: null, box, key };
      map.raster = null;
    } else {
      const cells = width * height;
      const [counts, picked, colour] = [0, 1, 2].map((part) => bytes(24 + part * cells, cells));
      map.raster = { width, height, most, counts, chosen: picked, colour, x0: box[0], x1: box[1], y0: box[2], y1: box[3], key: key + box.join() };
      map.points = null;
    }
    sayCount(kind, n, chosen);
  }

  function sayCount(kind, n, chosen) {
    const number = (value) => value.toLocaleString("en");
    const picked = chosen < n ? `, ${number(chosen)} of them selected` : "";
    const how = kind === 1 ? "all drawn" : `drawn as density; zoom in to ${number(MOST_IN_VIEW)} or fewer for single tracks`;
    document.getElementById("map-count").textContent = `${number(n)} tracks in view${picked}, ${how}`;
  }

  /* ---- from Dash ---------------------------------------------------------------------------------------------- */

  function mapDrawn(figure) {
    const meta = figure?.layout?.meta;
    if (meta?.bundle) begin(meta);
    return noUpdate();
  }

  function begin(meta) {
    const isSame = map.meta && ["bundle", "colour"].every((key) => map.meta[key] === meta[key]);
    if (!isSame) {
      map.meta = { ...meta, palette: meta.palette.map(paint.rgb) };
      map.lines = null;
      map.imageKey = null;
      if (map.bundle !== meta.bundle) Object.assign(map, { points: null, raster: null, cursor: -1, viewKey: null, shownKey: null });
      if (meta.all) loadAll().catch(refused);
    }
    whenStaged(() => {
      window.songscapeMap.extras?.(map.meta);
      if (meta.all) document.getElementById("map-count").textContent = "";
      if (!meta.all) refine();
      repaint();
      watchSize();
      whenDrawn(followPlot);
    });
  }

  /* The points need not wait until Dash has laid the page out. */
  async function beginEarly() {
    if (window.location.pathname !== "/map") return;
    const name = new URLSearchParams(window.location.search).get("catalogue") || "default";
    const answer = await window.fetch(`/data/map/${encodeURIComponent(name)}/now/start`);
    if (answer.ok && !map.meta) begin(await answer.json());
  }

  beginEarly().catch(() => null); // the page says why there is none

  function whenStaged(then) {
    if (stage()) then();
    else window.setTimeout(() => whenStaged(then), 20);
  }

  function whenDrawn(then, tries = 300) {
    const plot = plotOf();
    if (plot?._fullLayout?.xaxis && plot.data?.length) then(plot);
    else if (tries) window.setTimeout(() => whenDrawn(then, tries - 1), 30);
  }

  function moved() {
    repaint();
    refineSoon();
  }

  function followPlot(plot) {
    moved();
    if (plot._songscapeFollowed) return;
    plot._songscapeFollowed = true;
    plot.on("plotly_selected", drawnShape);
    plot.on("plotly_deselect", takenAway);
    for (const event of ["plotly_relayouting", "plotly_relayout", "plotly_afterplot"]) plot.on(event, moved);
  }

  let watched = null;

  function watchSize() {
    if (watched === stage()) return;
    watched = stage();
    new window.ResizeObserver(moved).observe(watched);
  }

  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });

  /* ---- highlight ---------------------------------------------------------------------------------------------- */

  function bytesOf(bits, n) {
    const packed = new Uint8Array(bits);
    const found = new Uint8Array(n);
    for (let i = 0; i < n; i++) found[i] = (packed[i >> 3] >> (7 - (i & 7))) & 1;
    return found;
  }

  const cornersIn = (text) => {
    const numbers = (text || "").split(".").map(Number);
    return Array.from({ length: numbers.length >> 1 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
  };

  function outlineOf(text) {
    const corners = text ? cornersIn(text) : [];
    return corners.length > 2 ? corners.map((corner, i) => [...corner, ...corners[(i + 1) % corners.length]]) : null;
  }

  function pick(picked) {
    map.isFresh = true;
    map.points.picked = picked;
    map.lines = null;
    repaint();
  }

  /* Which points a filter lets pass, where the browser knows: inside a shape, or of a name that they are coloured by. */
  function knownHere(key, text) {
    if (key === "lasso") return paint.inPolygon(map.points, cornersIn(text));
    const { colour, names } = map.meta;
    if (key !== colour || !names || names.length >= paint.MISSING || map.coloured !== colour) return null;
    const wanted = text.split(",").filter(Boolean).map((one) => (key === "cluster" ? Number(one) : names.indexOf(decoded(one))));
    const passes = new Uint8Array(256);
    for (const code of wanted) if (code >= 0) passes[code] = 1;
    return map.points.colour.map((code) => passes[code]);
  }

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // a lone % in a mistyped address
    }
  }

  async function highlightAll(selection) {
    const keys = Object.keys(selection);
    if (!keys.length) {
      asking.mask?.abort();
      asking.mask = null;
      return pick(null);
    }
    const known = keys.map((key) => knownHere(key, selection[key]));
    if (known.every(Boolean)) {
      asking.mask?.abort();
      asking.mask = null;
      return pick(known.reduce((all, one) => all.map((bit, i) => bit & one[i])));
    }
    const bits = await latest("mask", "mask", selection);
    pick(bytesOf(bits, map.points.x.length));
  }

  function highlight(selection, figure) {
    if (figure) show(selection || {});
    return noUpdate();
  }

  /* What the selection is compared with filters nothing. */
  const filtersNow = () => withKey(shared.selection, "against", "");

  /* What is shown already, as after a lasso, is not asked for again. */
  function show(selection) {
    const chosen = withKey(selection, "against", "");
    const key = `${JSON.stringify(chosen)}|${map.meta?.bundle}|${map.meta?.colour}`;
    if (map.shownKey === key) return;
    map.shownKey = key;
    map.outline = outlineOf(chosen.lasso);
    clearOwnSelection();
    if (map.meta && !map.meta.all) refine();
    else whenLoaded(() => highlightAll(chosen).catch((error) => error.name === "AbortError" || pick(null)));
  }

  /* Whether it was painted here, so that others may wait. */
  function showSelection(selection) {
    if (!map.meta || !stage()) return false;
    shared.selection = selection;
    show(selection);
    return true;
  }

  let loading = null;

  function whenLoaded(then) {
    window.clearTimeout(loading);
    if (map.points && map.bundle === map.meta?.bundle) then();
    else loading = window.setTimeout(() => whenLoaded(then), 20);
  }

  /* plotly's own outline would select by itself, over all other filters; ours is painted. It goes when there is time. */
  function clearOwnSelection() {
    window.setTimeout(() => {
      const plot = plotOf();
      if (plot?.layout?.selections?.length) window.Plotly.relayout(plot, { selections: [] });
    }, 400);
  }

  /* ---- lasso -------------------------------------------------------------------------------------------------- */

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

  function cornersOf(event) {
    if (event.lassoPoints) {
      const xs = event.lassoPoints.x;
      const raw = xs.map((x, i) => [Math.round(x), Math.round(event.lassoPoints.y[i])]);
      let corners = raw;
      for (let tolerance = 30; corners.length > MAX_LASSO_POINTS || corners === raw; tolerance *= 2) corners = simplified(raw, tolerance);
      return corners.length < 3 ? raw.slice(0, MAX_LASSO_POINTS) : corners;
    }
    if (event.range) {
      const [x0, x1] = event.range.x.map(Math.round);
      const [y0, y1] = event.range.y.map(Math.round);
      return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    }
    return null;
  }

  /* plotly also reports selections that code has drawn: only what a pointer has just drawn, or a double click has
   * taken away, is a person's. */
  const POINTER_MS = 1500;
  const DOUBLE_MS = 500;
  let pointerAt = 0;
  let twice = false;
  for (const type of ["pointerup", "mouseup", "touchend", "dblclick"]) {
    document.addEventListener(type, (e) => {
      if (!e.target.closest || !e.target.closest("#map-graph, .dragcover")) return;
      if (e.type === "dblclick") twice = true;
      if (e.type === "mouseup") twice = Date.now() - pointerAt < DOUBLE_MS && e.detail > 1;
      pointerAt = Date.now();
    }, true);
  }

  /* Painted at once; then the store tells all others. */
  function select(lasso) {
    const { combined } = window.songscape; // a shape beside, instead of, or taken out of what is selected
    const chosen = lasso && combined ? combined({ lasso }) : withKey(shared.selection, "lasso", lasso);
    setSelection(chosen);
  }

  function drawnShape(event) {
    if (Date.now() - pointerAt > POINTER_MS) return;
    const corners = event && cornersOf(event);
    if (!corners || corners.length < 3) return;
    const text = corners.flat().join(".");
    if (shared.selection.lasso !== text) select(text);
  }

  function takenAway() {
    if (Date.now() - pointerAt < POINTER_MS && twice && shared.selection.lasso) select("");
  }

  /* ---- rings, and the way to them -------------------------------------------------------------------------------- */

  let flownTo = null;

  function mark(marks, figure) {
    if (!marks || !figure) return noUpdate();
    whenDrawn((plot) => {
      const trace = plot.data.findIndex((t) => t.meta && t.meta.role === "marks");
      if (trace < 0) return;
      window.Plotly.restyle(plot, { x: [marks.x], y: [marks.y], "marker.size": [marks.size], "marker.line.width": [marks.width] }, [trace]);
      const last = marks.x.length - 1;
      if (shared.track !== flownTo && last >= 0) flyTo(plot, marks.x[last], marks.y[last]);
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

  /* ---- hover, click --------------------------------------------------------------------------------------------- */

  const cards = new Map();

  async function cardOf(row) {
    const path = api(`/rows/${row}?bundle=${map.meta.bundle}`);
    if (!cards.has(path)) cards.set(path, window.fetch(path).then((r) => (r.ok ? r.json() : null)).catch(() => null));
    return cards.get(path);
  }

  const rowAt = (i) => (map.points.rows ? map.points.rows[i] : i);

  function pointAt(event) {
    if (!map.points || !map.meta || !event.target.closest?.("#map-graph .nsewdrag, #map-graph .drag")) return -1;
    const box = stage().getBoundingClientRect();
    return paint.nearest(map.points, viewNow(), box.width, box.height, event.clientX - box.left, event.clientY - box.top, REACH);
  }

  let hovered = -1;
  let hovers = null;

  function hideCard() {
    hovered = -1;
    const card = document.getElementById("hover-card");
    if (card) card.className = "hover-card";
  }

  function showCard(i, left, top) {
    const row = rowAt(i);
    cardOf(row).then((track) => {
      const card = document.getElementById("hover-card");
      if (!track || !card || hovered !== i) return;
      const facts = element("p", "facts", track.facts.join(" · "));
      card.replaceChildren(element("strong", "", track.track_name), element("span", "artists", track.artists), facts);
      card.style.left = `${Math.min(left + 14, window.innerWidth - 276)}px`;
      card.style.top = `${Math.min(top + 14, window.innerHeight - 110)}px`;
      card.className = "hover-card is-shown";
    });
  }

  document.addEventListener("pointermove", (event) => {
    if (!event.target.closest?.("#map-stage") || event.buttons) return hovered >= 0 && hideCard();
    window.clearTimeout(hovers);
    hovers = window.setTimeout(() => {
      const i = stage() ? pointAt(event) : -1;
      if (i === hovered) return;
      hideCard();
      hovered = i;
      if (i >= 0) showCard(i, event.clientX, event.clientY);
    }, HOVER_MS);
    return undefined;
  });

  let pressed = null;
  document.addEventListener("pointerdown", (event) => {
    pressed = event.target.closest?.("#map-stage") ? { x: event.clientX, y: event.clientY, at: Date.now(), i: pointAt(event) } : null;
  }, true);
  document.addEventListener("pointerup", (event) => {
    const was = pressed;
    pressed = null;
    if (!was || was.i < 0 || Date.now() - was.at > CLICK_MS) return;
    if (Math.hypot(event.clientX - was.x, event.clientY - was.y) < 4) choose(was.i);
  }, true);

  function choose(i) {
    cardOf(rowAt(i)).then((track) => track && focusTrack(track.track_id));
  }

  /* ---- keyboard ------------------------------------------------------------------------------------------------- */

  const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  const say = (text) => (document.getElementById("map-live").textContent = text);

  function step(direction) {
    if (!map.points) return say("Single tracks can be reached where few are in view: press + to zoom in");
    const box = stage().getBoundingClientRect();
    const next = map.cursor < 0
      ? paint.nearest(map.points, viewNow(), box.width, box.height, box.width / 2, box.height / 2, box.width)
      : paint.nextTowards(map.points, map.cursor, direction);
    if (next < 0) return say("No track lies further that way");
    map.cursor = next;
    const at = { x: map.points.x[next], y: map.points.y[next] };
    const view = viewNow();
    if (at.x < view.x0 || at.x > view.x1 || at.y < view.y0 || at.y > view.y1) zoom(1, at);
    repaint();
    return cardOf(rowAt(next)).then((track) => track && map.cursor === next && say(`${track.track_name}, ${track.artists}. ${track.facts.join(", ")}`));
  }

  function zoom(share, centre) {
    const view = viewNow();
    const { x, y } = centre || { x: (view.x0 + view.x1) / 2, y: (view.y0 + view.y1) / 2 };
    const [w, h] = [((view.x1 - view.x0) * share) / 2, ((view.y1 - view.y0) * share) / 2];
    window.Plotly.relayout(plotOf(), { "xaxis.range": [x - w, x + w], "yaxis.range": [y - h, y + h] });
  }

  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "map-stage" || !map.meta || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = map.cursor >= 0 && map.points ? { x: map.points.x[map.cursor], y: map.points.y[map.cursor] } : null;
    const acts = {
      "+": () => zoom(0.5, at), "=": () => zoom(0.5, at), "-": () => zoom(2, at),
      Enter: () => map.cursor >= 0 && choose(map.cursor),
      Escape: () => ((map.cursor = -1), repaint()),
      ...Object.fromEntries(Object.entries(ARROWS).map(([key, way]) => [key, () => step(way)])),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });

  /* One cluster alone is selected: its panel is asked for. */
  let clusterAsked = null;

  function askCluster(selection, figure) {
    const only = /^\d+$/.test((selection || {}).cluster || "") ? Number(selection.cluster) : null;
    const asked = `${only}|${figure?.layout?.meta?.bundle}`;
    if (asked === clusterAsked || (only === null && clusterAsked === null)) return noUpdate();
    clusterAsked = asked;
    return only;
  }

  window.dash_clientside.songscape = Object.assign({}, window.dash_clientside.songscape, { askCluster, highlight, mark, mapDrawn });

  /* For the tests, the bench, and map-extras.js. */
  window.songscapeMap = Object.assign(window.songscapeMap || {}, {
    map, repaint, fetched, plotOf, stage, showSelection,
    count: () => (map.points?.picked ? map.points.picked.reduce((sum, one) => sum + one, 0) : -1),
    placeOf: (i) => {
      const box = stage().getBoundingClientRect();
      const { kx, ky, ox, oy } = paint.scaleOf(viewNow(), box.width, box.height);
      return [box.left + map.points.x[i] * kx + ox, box.top + oy - map.points.y[i] * ky];
    },
  });
})();
