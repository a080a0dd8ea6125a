/* Clientside functions of Songscape, in one namespace. They answer what the browser can answer itself: the address,
 * the Selection, highlights, the hover card and the search box. Numbers come from the server, words stay here. */
(function () {
  "use strict";

  const VIEW = { catalogue: "view-catalogue", selection: "view-selection", track: "view-track", point: "view-point" };
  const OWN_KEYS = ["catalogue", "track", "point"];
  const MAX_LASSO_POINTS = 60;
  const noUpdate = () => window.dash_clientside.no_update;
  const setProps = (id, props) => window.dash_clientside.set_props(id, props);
  const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

  /* The view as last written to the stores; functions that React to DOM events read it. */
  const view = { catalogue: null, selection: {}, track: null, point: {} };

  /* ---- address <-> stores ------------------------------------------------------------------------------------ */

  function parsePoint(text) {
    const pairs = (text || "").split(",").map((pair) => pair.split(":"));
    return Object.fromEntries(pairs.filter(([k, v]) => k && v !== "" && isFinite(v)).map(([k, v]) => [k, Number(v)]));
  }

  function writePoint(point) {
    return Object.entries(point || {}).map(([field, value]) => `${field}:${value}`).join(",");
  }

  function parseAddress(search, keys) {
    const query = new URLSearchParams(search);
    const selection = {};
    const isFilter = (key) => keys.includes(key) || /^[xc]_/.test(key); // numbers that only one catalogue has
    for (const [key, value] of query) if (value && isFilter(key)) selection[key] = value;
    return {
      catalogue: query.get("catalogue"),
      selection,
      track: query.get("track"),
      point: parsePoint(query.get("point")),
    };
  }

  function addressOf(state) {
    const query = new URLSearchParams();
    if (state.catalogue) query.set("catalogue", state.catalogue);
    for (const [key, value] of Object.entries(state.selection || {})) query.set(key, value);
    if (state.track) query.set("track", state.track);
    const point = writePoint(state.point);
    if (point) query.set("point", point);
    const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
    return text ? `?${text}` : "";
  }

  let selectionKeys = [];

  function readAddress(_href, keys, catalogue, selection, track, point) {
    selectionKeys = keys;
    const found = parseAddress(window.location.search, keys);
    const known = { catalogue, selection: selection || {}, track, point: point || {} };
    Object.assign(view, found);
    if (!told) told = { ...view };
    return ["catalogue", "selection", "track", "point"].map((k) => (same(found[k], known[k]) ? noUpdate() : found[k]));
  }

  /* Views before this one, for Undo: the history of the browser also holds screens, and pages that are not ours. */
  const past = [];
  let told = null;
  let goingBack = false;

  function remember(now) {
    if (told && !same(told, now) && !goingBack) past.push(told);
    told = now;
    goingBack = false;
    setProps("undo", { disabled: !past.length });
  }

  function undo(clicks) {
    const before = clicks ? past.pop() : null;
    if (before) {
      goingBack = true;
      for (const [name, store] of Object.entries(VIEW)) if (!same(before[name], view[name])) setProps(store, { data: before[name] });
    }
    return noUpdate();
  }

  function writeAddress(catalogue, selection, track, point) {
    Object.assign(view, { catalogue: catalogue ?? null, selection: selection || {}, track: track ?? null, point: point || {} });
    remember({ ...view });
    const search = addressOf(view);
    if (search !== window.location.search) {
      const onlyPoint = addressOf({ ...view, point: {} }) === addressOf({ ...parseAddress(window.location.search, selectionKeys), point: {} });
      const method = onlyPoint ? "replaceState" : "pushState";
      window.history[method](null, "", window.location.pathname + search + window.location.hash);
    }
    return noUpdate();
  }

  window.addEventListener("popstate", () => {
    const found = parseAddress(window.location.search, selectionKeys);
    if (past.length && same(past[past.length - 1], found)) past.pop();
    goingBack = !same(found, view);
    for (const [name, store] of Object.entries(VIEW)) if (!same(found[name], view[name])) setProps(store, { data: found[name] });
    Object.assign(view, found);
  });

  function tabs(catalogue, selection, track, point, pathname, ids) {
    const search = addressOf({ catalogue, selection, track, point });
    const links = document.querySelectorAll("nav.tabs a");
    links.forEach((link, i) => {
      if (ids[i] && ids[i].path === pathname) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    const current = ids.findIndex((id) => id.path === pathname);
    if (links[current]) document.title = `${links[current].textContent} · Songscape`;
    else if (ids.length) document.title = "Not found · Songscape";
    return [ids.map((id) => id.path + search), ids.map((id) => (id.path === pathname ? "screen-tab is-current" : "screen-tab"))];
  }

  /* Links between screens carry the view with them. */
  function keepView(catalogue, selection, track, point, ids) {
    return ids.map((id) => id.path + addressOf({ catalogue, selection, track, point }));
  }

  /* Another catalogue has other genres, clusters and tracks: the rest of the view starts anew. */
  function chooseCatalogue(chosen, catalogue, options) {
    const shown = catalogue || (options && options[0] && (options[0].value || options[0]));
    return chosen && chosen !== shown ? [chosen, {}, null, {}] : [noUpdate(), noUpdate(), noUpdate(), noUpdate()];
  }

  /* ---- the Selection ------------------------------------------------------------------------------------------ */

  function setSelection(selection) {
    view.selection = selection;
    setProps(VIEW.selection, { data: selection });
  }

  function withKey(selection, key, value) {
    const changed = { ...(selection || {}) };
    if (value) changed[key] = value;
    else delete changed[key];
    return changed;
  }

  const clicked = () => {
    const triggered = window.dash_clientside.callback_context.triggered[0];
    return triggered && triggered.value ? window.dash_clientside.callback_context.triggered_id : null;
  };

  function removeChip(_clicks, selection) {
    const id = clicked();
    return id ? withKey(selection, id.key, "") : noUpdate();
  }

  function clearSelection(clicks) {
    return clicks ? {} : noUpdate();
  }

  const joined = (values) => (values || []).map((v) => encodeURIComponent(v).replaceAll("%20", " ").replaceAll("%26", "&").replaceAll("%27", "'")).join(",");

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // a lone % in a mistyped address
    }
  }

  const RAIL_MS = 80;
  let railWaits = null;
  let railMoves = {};

  /* What was moved is put into the Selection as it is by then: a lasso may have come in between. */
  function tellRail() {
    const changed = Object.entries(railMoves).reduce((all, [key, text]) => withKey(all, key, text), view.selection);
    railMoves = {};
    if (!same(canonical(changed), canonical(view.selection))) setSelection(changed);
  }

  /* One control moved: that is a person. All at once: the rail was just made, and shows what is selected. */
  function readRail(lists, ranges, listIds, rangeIds, lows, highs, selection) {
    const triggered = window.dash_clientside.callback_context.triggered;
    if (triggered.length !== 1) return showRail(selection, listIds, rangeIds, lows, highs, lists, ranges);
    const moved = window.dash_clientside.callback_context.triggered_id;
    const is = (id) => id.key === moved.key && id.type === moved.type;
    let text;
    if (moved.type === "rail-list") text = joined([...(lists[listIds.findIndex(is)] || [])].map(String).sort());
    else {
      const i = rangeIds.findIndex(is);
      const [low, high] = ranges[i];
      text = `${low > lows[i] ? low : ""}..${high < highs[i] ? high : ""}`;
    }
    railMoves[moved.key] = text === ".." ? "" : text;
    window.clearTimeout(railWaits);
    railWaits = window.setTimeout(tellRail, RAIL_MS);
    return noUpdate();
  }

  /* Filters as comparable text: numbers without trailing zeros, names in order. */
  function canonical(selection) {
    const entries = Object.entries(selection || {}).map(([key, text]) => [
      key,
      text.includes("..") ? text.split("..").map((n) => (n === "" ? "" : Number(n))).join("..") : text.split(",").sort().join(","),
    ]);
    return Object.fromEntries(entries.sort());
  }

  function showRail(selection, listIds, rangeIds, lows, highs, lists, ranges) {
    if (Object.keys(railMoves).length) return noUpdate(); // what was just moved is not told yet, and must not spring back
    const wanted = selection || {};
    listIds.forEach((id, i) => {
      const chosen = (wanted[id.key] || "").split(",").filter(Boolean).map(decoded);
      const value = id.key === "cluster" ? chosen.map(Number) : chosen;
      if (!same([...value].sort(), [...(lists[i] || [])].sort())) setProps(id, { value });
    });
    rangeIds.forEach((id, i) => {
      const [low, high] = (wanted[id.key] || "..").split("..");
      const value = [low === "" ? lows[i] : Number(low), high === "" ? highs[i] : Number(high)];
      if (value.every(isFinite) && !same(value, ranges[i])) setProps(id, { value });
    });
    return noUpdate();
  }

  function toggleRail(clicks) {
    if (clicks) openRail(!document.body.classList.contains("rail-open"));
    return noUpdate();
  }

  function openRail(open) {
    const button = document.getElementById("rail-toggle");
    document.body.classList.toggle("rail-open", open);
    button.setAttribute("aria-expanded", String(open));
    if (open) document.querySelector("#rail input, #rail [role=slider]")?.focus();
    else if (document.activeElement?.closest(".rail")) button.focus();
  }

  function chooseGenre(_clicks, selection) {
    const id = clicked();
    if (!id) return noUpdate();
    const chosen = new Set(((selection || {})[id.key] || "").split(",").filter(Boolean).map(decoded));
    const value = String(id.value);
    chosen.has(value) ? chosen.delete(value) : chosen.add(value);
    return withKey(selection, id.key, joined([...chosen].sort()));
  }

  /* ---- lasso, highlight, marks -------------------------------------------------------------------------------- */

  const plotOf = (id) => document.querySelector(`#${id} .js-plotly-plot`);

  function whenDrawn(id, then, tries = 200) {
    const plot = plotOf(id);
    if (plot && plot._fullLayout && plot.data && plot.data.length) then(plot);
    else if (tries) window.setTimeout(() => whenDrawn(id, then, tries - 1), 30);
  }

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
      const xs = Object.values(event.lassoPoints).find((v, i) => Object.keys(event.lassoPoints)[i].startsWith("x"));
      const ys = Object.values(event.lassoPoints).find((v, i) => Object.keys(event.lassoPoints)[i].startsWith("y"));
      const raw = xs.map((x, i) => [Math.round(x), Math.round(ys[i])]);
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

  function lasso(event, selection) {
    if (Date.now() - pointerAt > POINTER_MS) return noUpdate();
    if (!event) return twice && selection && selection.lasso ? withKey(selection, "lasso", "") : noUpdate();
    const corners = cornersOf(event);
    if (!corners || corners.length < 3) return noUpdate();
    const text = corners.flat().join(".");
    return selection && selection.lasso === text ? noUpdate() : withKey(selection, "lasso", text);
  }

  function rowsOf(mask) {
    const bytes = Uint8Array.from(window.atob(mask.bits), (c) => c.charCodeAt(0));
    const rows = new Int32Array(mask.n);
    let k = 0;
    for (let i = 0; i < bytes.length; i++) {
      if (!bytes[i]) continue;
      for (let bit = 0; bit < 8; bit++) if (bytes[i] & (128 >> bit)) rows[k++] = i * 8 + bit;
    }
    return rows.subarray(0, k);
  }

  /* Drawn as a shape: a selection of plotly's own would select by itself, over all other filters. */
  function outlineOf(lassoText) {
    if (!lassoText) return [];
    const numbers = lassoText.split(".").map(Number);
    const corners = [];
    for (let i = 0; i < numbers.length; i += 2) corners.push(`${numbers[i]},${numbers[i + 1]}`);
    return [{ type: "path", path: `M${corners.join("L")}Z`, line: { width: 1.5, dash: "dot", color: "#7f8891" } }];
  }

  function highlight(mask, figure, selection) {
    if (!mask || !figure) return noUpdate();
    whenDrawn("map-graph", (plot) => {
      const key = `${mask.key}|${(selection || {}).lasso || ""}`;
      if (plot._songscapeShown === key && plot._songscapeFigure === figure) return;
      plot._songscapeShown = key;
      plot._songscapeFigure = figure;
      const trace = plot.data.findIndex((t) => t.meta && t.meta.role === "points");
      const chosen = mask.all ? null : Array.from(rowsOf(mask));
      window.Plotly.update(plot, { selectedpoints: [chosen] }, { selections: [], shapes: outlineOf((selection || {}).lasso) }, [trace]);
    });
    return noUpdate();
  }

  function mark(marks, figure) {
    if (!marks || !figure) return noUpdate();
    whenDrawn("map-graph", (plot) => {
      const trace = plot.data.findIndex((t) => t.meta && t.meta.role === "marks");
      if (trace < 0) return;
      window.Plotly.restyle(plot, { x: [marks.x], y: [marks.y], "marker.size": [marks.size], "marker.line.width": [marks.width] }, [trace]);
    });
    return noUpdate();
  }

  /* ---- tracks: hover card, click, search ---------------------------------------------------------------------- */

  const cards = new Map();
  const api = (path) => `/api/v1/catalogues/${encodeURIComponent(view.catalogue || "default")}${path}`;

  async function cardOf(row) {
    const path = api(`/rows/${row}?bundle=${plotOf("map-graph").layout.meta?.bundle || ""}`);
    if (!cards.has(path)) cards.set(path, window.fetch(path).then((r) => (r.ok ? r.json() : null)).catch(() => null));
    return cards.get(path);
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  }

  let hovered = null;

  function hoverCard(event) {
    const card = document.getElementById("hover-card");
    const point = event && event.points && event.points[0];
    if (!card) return noUpdate();
    if (!point || point.curveNumber !== 0) {
      hovered = null;
      card.className = "hover-card";
      return noUpdate();
    }
    const row = (hovered = point.pointNumber);
    cardOf(row).then((track) => {
      if (!track || hovered !== row) return;
      const facts = element("p", "facts", track.facts.join(" · "));
      card.replaceChildren(element("strong", "", track.track_name), element("span", "artists", track.artists), facts);
      const frame = plotOf("map-graph").getBoundingClientRect();
      const left = frame.left + (point.bbox ? point.bbox.x1 : 0) + 12;
      const top = frame.top + (point.bbox ? point.bbox.y0 : 0) + 12;
      card.style.left = `${Math.min(left, window.innerWidth - 276)}px`;
      card.style.top = `${Math.min(top, window.innerHeight - 110)}px`;
      card.className = "hover-card is-shown";
    });
    return noUpdate();
  }

  function clickTrack(event) {
    const point = event && event.points && event.points[0];
    if (!point || point.curveNumber !== 0) return noUpdate();
    cardOf(point.pointNumber).then((track) => track && focusTrack(track.track_id));
    return noUpdate();
  }

  /* What was changed about one track says nothing about another. */
  function focusTrack(track) {
    if (track !== view.track) setProps(VIEW.point, { data: {} });
    setProps(VIEW.track, { data: track });
  }

  function chooseTrack(_clicks) {
    const id = clicked();
    if (id) focusTrack(id.track);
    return noUpdate();
  }

  const searchBox = () => document.getElementById("search");
  const resultList = () => document.getElementById("search-results");
  let searching = null;
  let active = -1;
  let shownFor = "";
  let picksFirst = false;

  function closeResults() {
    resultList().replaceChildren();
    searchBox().setAttribute("aria-expanded", "false");
    searchBox().removeAttribute("aria-activedescendant");
    active = -1;
    shownFor = "";
  }

  function showResults(found, text) {
    const items = found.tracks.map((track, i) => {
      const item = document.createElement("li");
      item.id = `search-result-${i}`;
      item.setAttribute("role", "option");
      item.dataset.track = track.track_id;
      item.append(element("span", "title", track.track_name), element("span", "artists", track.artists));
      return item;
    });
    if (!items.length) items.push(element("li", "none", `No track matches “${text}”. Try a part of the title or the artist.`));
    resultList().replaceChildren(...items);
    searchBox().setAttribute("aria-expanded", "true");
    active = -1;
    shownFor = text;
    if (picksFirst) pick(resultList().querySelector("[role=option]"));
    picksFirst = false;
  }

  async function search(text) {
    if (searching) searching.abort();
    if (text.trim().length < 2) return closeResults();
    const mine = (searching = new AbortController());
    try {
      const answer = await window.fetch(api(`/tracks?limit=8&q=${encodeURIComponent(text)}`), { signal: mine.signal });
      if (answer.ok) showResults(await answer.json(), text);
    } catch (stopped) {
      if (stopped.name !== "AbortError") closeResults();
    }
  }

  function moveActive(step) {
    const items = resultList().querySelectorAll("[role=option]");
    if (!items.length) return;
    active = (active + step + items.length) % items.length;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === active)));
    searchBox().setAttribute("aria-activedescendant", items[active].id);
    items[active].scrollIntoView({ block: "nearest" });
  }

  const SHOWING_TRACKS = ["/map", "/similar", "/what-if"];

  /* Its tab carries the track by then. */
  function goToSimilar() {
    document.querySelector('nav.tabs a[href^="/similar"]').click();
  }

  function pick(item) {
    if (!item || !item.dataset.track) return;
    focusTrack(item.dataset.track);
    setProps("search", { value: "" });
    searchBox().blur();
    closeResults();
    if (!SHOWING_TRACKS.includes(window.location.pathname)) window.setTimeout(goToSimilar, 60);
  }

  /* dcc.Input takes no ARIA attributes, so the box says what it is when it is first used. */
  document.addEventListener("focusin", (event) => {
    if (event.target.id !== "search" || event.target.getAttribute("role")) return;
    const said = { role: "combobox", "aria-controls": "search-results", "aria-expanded": "false", "aria-autocomplete": "list" };
    for (const [name, value] of Object.entries(said)) event.target.setAttribute(name, value);
  });
  document.addEventListener("input", (event) => event.target.id === "search" && search(event.target.value));
  document.addEventListener("mousedown", (event) => {
    const item = event.target.closest && event.target.closest("#search-results [role=option]");
    if (item) pick(item);
    else if (resultList() && event.target.id !== "search") closeResults();
    if (event.target.closest && event.target.closest(".notice")) setProps("notice", { className: "notice" });
    if (document.body.classList.contains("rail-open") && event.target.id === "shade") openRail(false);
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === "/" && !typing) {
      event.preventDefault();
      searchBox().focus();
      return;
    }
    if (event.key === "Escape") {
      if (document.body.classList.contains("rail-open")) openRail(false);
    }
    if (event.target.id !== "search") return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      moveActive(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      /* Who types fast and presses Enter means what was typed, not what is still shown for a part of it. */
      picksFirst = shownFor !== searchBox().value;
      if (!picksFirst) pick(resultList().querySelectorAll("[role=option]")[Math.max(active, 0)]);
    } else if (event.key === "Escape") closeResults();
  });

  /* ---- what-if ------------------------------------------------------------------------------------------------ */

  const THROTTLE_MS = 60;
  let waiting = null;
  let last = 0;

  /* Keeps only what differs from the start, and tells the server at most every THROTTLE_MS, the last value always. */
  function gatherPoint(values, ids, [start], point) {
    if (!start || !ids.length) return noUpdate();
    const changed = {};
    ids.forEach((id, i) => {
      const value = values[i] === null || values[i] === undefined ? NaN : Number(values[i]);
      if (isFinite(value) && Math.abs(value - start[id.field]) > 1e-9) changed[id.field] = value;
    });
    if (same(changed, point)) return noUpdate();
    window.clearTimeout(waiting);
    const tell = () => {
      last = Date.now();
      setProps(VIEW.point, { data: changed });
    };
    waiting = window.setTimeout(tell, Math.max(0, THROTTLE_MS - (Date.now() - last)));
    return noUpdate();
  }

  function resetPoint(clicks, [start], ids, values) {
    if (!clicks || !start) return ids.map(noUpdate);
    return ids.map((id, i) => (typeof values[i] === "string" ? String(start[id.field]) : start[id.field]));
  }

  /* ---- theme -------------------------------------------------------------------------------------------------- */

  function switchTheme(clicks) {
    const root = document.documentElement;
    if (clicks) {
      const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
      root.dataset.bsTheme = next;
      window.localStorage.setItem("songscape-theme", next);
    }
    return noUpdate();
  }

  /* dcc.Slider gives its thumb no name: it takes that of the group it stands in. */
  function nameSliders() {
    for (const thumb of document.querySelectorAll("[role=group][aria-label] [role=slider]:not([aria-label])")) {
      thumb.setAttribute("aria-label", thumb.closest("[role=group][aria-label]").getAttribute("aria-label"));
    }
  }

  new MutationObserver(nameSliders).observe(document.documentElement, { childList: true, subtree: true });

  /* Slider tooltips, by field (dcc calls them by name). */
  window.dccFunctions = Object.assign({}, window.dccFunctions, {
    durationText: (ms) => `${Math.floor(Math.round(ms / 1000) / 60)}:${String(Math.round(ms / 1000) % 60).padStart(2, "0")}`,
    keyText: (code) => ["C", "C♯/D♭", "D", "D♯/E♭", "E", "F", "F♯/G♭", "G", "G♯/A♭", "A", "A♯/B♭", "B"][code],
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    songscape: {
      readAddress, writeAddress, tabs, chooseCatalogue, keepView, removeChip, clearSelection, undo, readRail, showRail, toggleRail, chooseGenre,
      lasso, highlight, mark, hoverCard, clickTrack, chooseTrack, gatherPoint, resetPoint, switchTheme,
    },
  });
})();
