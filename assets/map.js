/* The map: what is in view is fetched, then painted (map-scene.js, map-paint.js); plotly.js beneath the pointer draws
 * shapes, zooms, and writes names and rings. */
(function () {
  "use strict";

  const { noUpdate, setProps } = window.songscape;
  const paint = window.songscapePaint;
  const own = window.songscapeMap;
  const { askedNow, filtersNow, map, paintNow, plotOf, repaint, showOnly, stage, viewNow } = own;

  const MOST_IN_VIEW = 40000;
  const REST_MS = 60; // of a wheel or a drag, before a finer picture is asked for

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

  function forget(kind) {
    asking[kind]?.abort();
    asking[kind] = null;
  }

  const kept = new Map(); // positions by bundle and layout: they are fetched once

  function positions() {
    const { bundle, layout } = map.meta;
    const key = `${bundle} ${layout}`;
    if (!kept.has(key)) {
      for (const old of kept.keys()) if (!old.startsWith(bundle)) kept.delete(old);
      kept.set(key, fetched("positions", { layout }).catch((error) => (kept.delete(key), Promise.reject(error))));
    }
    return kept.get(key);
  }

  function refused(error) {
    if (error.name === "AbortError") return;
    setProps("notice", { children: error.message, className: "notice is-shown" });
  }

  async function loadAll() {
    const { meta } = map;
    const [xy, colour] = await Promise.all([positions(), latest("colours", "colours", { colour: meta.colour })]);
    if (map.meta !== meta) return;
    const every = new Int16Array(xy);
    const n = every.length / (meta.turns ? 3 : 2);
    const before = map.points && map.bundle === meta.bundle ? map.points : {};
    const axes = Array.from({ length: every.length / n }, (_, k) => every.subarray(k * n, (k + 1) * n));
    Object.assign(map, { bundle: meta.bundle, coloured: meta.colour, layout: meta.layout, raster: null, lines: null, cursor: -1 });
    map.points = {
      x: axes[0], y: axes[1], colour: new Uint8Array(colour), placed: placedIn(axes[0]),
      picked: before.picked || null, other: before.other || null, shown: null,
    };
    if (meta.turns) own.beginTurning(axes);
    showOnly();
    sayDrawn();
  }

  function placedIn(x) {
    return x.includes(-1) ? Uint8Array.from(x, (at) => (at >= 0 ? 1 : 0)) : null;
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
    if (!box.every(Number.isFinite)) return refineSoon(); // the stage has no size yet
    const filters = new URLSearchParams(askedNow()).toString();
    const key = `${meta.bundle}|${meta.layout}|${meta.colour}|${filters}|`;
    if (map.viewKey === key + box.join() || (map.points?.key === key && isHeld(box))) return;
    map.viewKey = key + box.join();
    try {
      const buffer = await latest("view", "view", { ...askedNow(), colour: meta.colour, layout: meta.layout, box: box.join() });
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
    const [kind, n, chosen, width, height, most, compared] = new Int32Array(buffer, 0, 7);
    const bytes = (from, length) => new Uint8Array(buffer, from, length);
    Object.assign(map, { cursor: -1, layout: map.meta.layout, chosenInView: chosen });
    if (kind === 1) {
      const x = new Int16Array(buffer, 28 + 4 * n, n);
      const y = new Int16Array(buffer, 28 + 6 * n, n);
      const picked = Object.keys(filtersNow()).length ? bytes(28 + 9 * n, n) : null;
      const other = compared >= 0 ? bytes(28 + 10 * n, n) : null;
      map.points = { rows: new Int32Array(buffer, 28, n), x, y, colour: bytes(28 + 8 * n, n), picked, other, shown: null, box, key };
      map.raster = null;
    } else {
      const cells = width * height;
      const [counts, picked, colour] = [0, 1, 2].map((part) => bytes(28 + part * cells, cells));
      const other = compared >= 0 ? bytes(28 + 3 * cells, cells) : null;
      const [x0, x1, y0, y1] = box;
      map.raster = { width, height, most, counts, chosen: picked, other, colour, x0, x1, y0, y1, key: key + box.join() };
      map.points = null;
    }
    sayCount(kind, n, chosen, compared);
  }

  const number = (value) => value.toLocaleString("en");

  function sayThere(text) {
    const place = document.getElementById("map-count");
    if (place) place.textContent = text; // else it is said when there is a page
  }

  function sayCount(kind, n, chosen, compared) {
    const picked = chosen < n ? `, ${number(chosen)} of them ${map.filmYears ? "of the years shown" : "selected"}` : "";
    const other = compared >= 0 ? `, ${number(compared)} in brown are compared with` : "";
    const how = kind === 1 ? "all drawn" : `drawn as density; zoom in to ${number(MOST_IN_VIEW)} or fewer for single tracks`;
    sayThere(`${number(n)} tracks in view${picked}${other}, ${how}`);
  }

  /* Where all tracks were sent: what is not drawn, and what the selection is compared with. */
  function sayDrawn() {
    if (!map.meta?.all || !map.points) return;
    const { placed, picked, other } = map.points;
    const count = (bits, within) => bits.reduce((sum, bit, i) => sum + (bit && (!within || within[i]) ? 1 : 0), 0);
    const said = [];
    if (placed) said.push(`${number(count(placed))} of ${number(placed.length)} tracks drawn`);
    if (placed && picked) said.push(`${number(count(picked, placed))} of ${number(count(picked))} selected ones among them`);
    if (other) said.push(`${number(count(other, placed))} tracks in brown are what the selection is compared with`);
    if (other?.some((bit, i) => bit && (!picked || picked[i]))) said.push("a brown rim means both");
    sayThere(said.join("; "));
  }

  /* ---- from Dash ---------------------------------------------------------------------------------------------- */

  function mapDrawn(figure) {
    const meta = figure?.layout?.meta;
    if (meta?.bundle) {
      begin(meta);
      own.showSelection(window.songscape.view.selection);
    }
    return noUpdate();
  }

  function begin(meta) {
    const isSame = map.meta && ["bundle", "colour", "layout"].every((key) => map.meta[key] === meta[key]);
    if (!isSame) {
      map.meta = { ...meta, palette: meta.palette.map(paint.rgb) };
      map.lines = null;
      map.imageKey = null;
      if (map.bundle !== meta.bundle) Object.assign(map, { points: null, raster: null, film: null, filmYears: null, cursor: -1, viewKey: null, shownKey: null });
      if (meta.all) loadAll().catch(refused);
    }
    whenStaged(() => {
      own.extras(map.meta);
      own.readyToTurn(map.meta);
      if (meta.all) sayDrawn();
      else refine();
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
    for (const event of ["plotly_relayouting", "plotly_relayout", "plotly_afterplot"]) plot.on(event, moved);
  }

  let watched = null;

  function watchSize() {
    if (watched === stage()) return;
    watched = stage();
    new window.ResizeObserver(moved).observe(watched);
  }

  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });

  window.dash_clientside.songscape = Object.assign({}, window.dash_clientside.songscape, { mapDrawn });

  Object.assign(own, { fetched, forget, latest, refine, sayDrawn, whenDrawn });
})();
