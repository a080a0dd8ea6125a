/* Picks: what a click, a brush or a lasso makes of the Selection, how it is compared, and selections kept by name. */
(function () {
  "use strict";

  const { view, setProps, setSelection, noUpdate, same, withKey, element } = window.songscape;
  const POINTER_MS = 1500;
  const LISTS = ["genre", "predicted", "cluster"];
  const MOST_LASSOS = 12; // as data/lassos.py reads them
  const POOLED = /^\d+ other genres$/;

  /* ---- texts of an address -------------------------------------------------------------------------------------- */

  const encoded = (name) => encodeURIComponent(name).replaceAll("%20", " ").replaceAll("%26", "&").replaceAll("%27", "'");

  /* A selection as one text, as data/selection.py folds it. */
  function folded(selection) {
    const parts = Object.entries(selection || {}).filter(([key]) => key !== "against");
    return parts.map(([key, text]) => `${key}:${key === "out" ? encodeURIComponent(text) : text}`).join(";");
  }

  function unfolded(text) {
    const parts = (text || "").split(";").filter(Boolean);
    return Object.fromEntries(parts.map((part) => [part.slice(0, part.indexOf(":")), part.slice(part.indexOf(":") + 1)]));
  }

  const namesIn = (text) => (text || "").split(",").filter(Boolean);
  const endsOf = (text) => text.split("..").map((end, i) => (end === "" ? (i ? Infinity : -Infinity) : Number(end)));
  const rangeOf = (low, high) => `${Number.isFinite(low) ? low : ""}..${Number.isFinite(high) ? high : ""}`;
  const sorted = (names) => [...new Set(names)].sort().join(",");

  /* ---- how a pick combines ----------------------------------------------------------------------------------------- */

  let mode = "and";
  const keys = { shift: false, alt: false };
  let pointer = { at: 0, inside: null };

  const hold = (event) => Object.assign(keys, { shift: event.shiftKey, alt: event.altKey });
  for (const type of ["pointerdown", "pointerup", "click"]) document.addEventListener(type, hold, true);
  for (const type of ["pointerdown", "mousedown"]) {
    document.addEventListener(type, (event) => {
      pointer = { at: 0, inside: event.target.closest?.(".dash-graph")?.id };
    }, true);
  }
  for (const type of ["pointerup", "mouseup", "touchend"]) {
    document.addEventListener(type, () => { pointer.at = Date.now(); }, true);
  }

  const howNow = () => (keys.alt ? "remove" : keys.shift ? "add" : mode);

  function joinedText(key, before, text) {
    if (!before) return text;
    if (LISTS.includes(key)) return sorted([...namesIn(before), ...namesIn(text)]);
    if (key === "lasso") return [...new Set([...namesIn(before), ...namesIn(text)])].join(",");
    if (!text.includes("..")) return text;
    const [[a, b], [c, d]] = [endsOf(before), endsOf(text)];
    return rangeOf(Math.min(a, c), Math.max(b, d));
  }

  const touches = (one, other) => {
    const [[a, b], [c, d]] = [endsOf(one), endsOf(other)];
    return a <= d && c <= b;
  };

  /* Ranges that touch become one; the others stand beside each other, as data/selection.py reads them. */
  function joinedRanges(before, text) {
    const apart = namesIn(before).filter((one) => !touches(one, text));
    return [...apart, namesIn(before).filter((one) => touches(one, text)).reduce((all, one) => joinedText("", all, one), text)].join(",");
  }

  function withOut(selection, key, text) {
    const out = unfolded(selection.out);
    out[key] = text.includes("..") ? joinedRanges(out[key], text) : joinedText(key, out[key], text);
    return withKey(selection, "out", folded(out));
  }

  function withoutOut(selection, key) {
    const out = unfolded(selection.out);
    delete out[key];
    return withKey(selection, "out", folded(out));
  }

  function removed(selection, key, text) {
    const kept = LISTS.includes(key) ? namesIn(selection[key]).filter((name) => !namesIn(text).includes(name)) : [];
    if (kept.length) return withKey(selection, key, kept.join(","));
    return withOut(LISTS.includes(key) ? withKey(selection, key, "") : selection, key, text);
  }

  function added(selection, key, text) {
    const has = LISTS.includes(key) && namesIn(text).every((name) => namesIn(selection[key]).includes(name));
    if (!has) return withKey(selection, key, joinedText(key, selection[key], text));
    return withKey(selection, key, namesIn(selection[key]).filter((name) => !namesIn(text).includes(name)).join(","));
  }

  function refused(sentence) {
    setProps("notice", { children: sentence, className: "notice is-shown" });
    return view.selection || {};
  }

  /* What is taken out passes any of its filters: what passes several at once cannot be said. */
  function cannotTakeOut(filters) {
    return refused(`Taking out needs a single filter: this picks ${filters} at once. Pick one of them alone, or leave “Take out”.`);
  }

  /* The Selection with what was picked, a mapping of keys to texts: "and" sets it beside the other filters, "replace"
   * drops those, "add" widens, "remove" takes out. What is picked twice is dropped again. */
  function combined(pick, how = howNow()) {
    const found = combine(pick, how);
    const most = Math.max(...[found.lasso, unfolded(found.out).lasso].map((text) => namesIn(text).length));
    return most > MOST_LASSOS ? refused(`A selection holds ${MOST_LASSOS} shapes at most. Remove one first.`) : found;
  }

  function combine(pick, how) {
    const before = view.selection || {};
    const entries = Object.entries(pick);
    if (how === "remove" && entries.length > 1) return cannotTakeOut(`${entries.length} filters`);
    if (how === "remove") return entries.reduce((all, [key, text]) => removed(all, key, text), before);
    if (how === "add") return entries.reduce((all, [key, text]) => added(all, key, text), before);
    const again = entries.every(([key, text]) => LISTS.includes(key) && before[key] === text);
    if (how === "replace") return withKey(again ? {} : pick, "against", before.against);
    const cleared = entries.reduce((all, [key]) => (LISTS.includes(key) ? withoutOut(all, key) : all), before);
    return entries.reduce((all, [key, text]) => withKey(all, key, again ? "" : text), cleared);
  }

  function told(selection) {
    return same(selection, view.selection) ? noUpdate() : selection;
  }

  document.addEventListener("click", (event) => {
    const key = event.target.closest?.("#selection-chips [data-key]")?.dataset.key;
    if (key) setSelection(key.startsWith("out.") ? withoutOut(view.selection, key.slice(4)) : withKey(view.selection, key, ""));
  });

  /* ---- clicks and brushes on charts -------------------------------------------------------------------------------- */

  const plotOf = (graph) => document.querySelector(`#${graph} .js-plotly-plot`);

  /* The graph that was clicked with its first point; the click is forgotten, so that the same one can be made again. */
  function clickedPoint() {
    const triggered = window.dash_clientside.callback_context.triggered.find((one) => one.value?.points?.length);
    if (!triggered) return null;
    const graph = triggered.prop_id.split(".")[0];
    window.setTimeout(() => setProps(graph, { clickData: null }), 0);
    return { graph, point: triggered.value.points[0] };
  }

  /* A row of bars is named by its axis, a violin by its trace. */
  function genreOf({ graph, point }) {
    const { meta } = plotOf(graph).data[point.curveNumber] || {};
    return typeof meta === "string" ? meta : typeof point.y === "string" ? point.y : "";
  }

  function pickGenre() {
    const found = clickedPoint();
    const name = found && genreOf(found);
    return name && !POOLED.test(name) ? told(combined({ genre: encoded(name) })) : noUpdate();
  }

  /* An entry of a legend that plotly draws: its trace knows the whole name. */
  function pickEntry(entry) {
    const text = entry.querySelector("text")?.dataset.unformatted;
    const trace = entry.closest(".js-plotly-plot").data.find((one) => one.name === text && typeof one.meta === "string");
    const how = howNow();
    if (trace) setSelection(combined({ genre: encoded(trace.meta) }, how === "and" ? "add" : how));
  }

  function pickConfusion() {
    const found = clickedPoint();
    if (!found) return noUpdate();
    const { x, y } = found.point;
    const how = howNow() === "add" ? "and" : howNow();
    if (how === "remove") return told(cannotTakeOut("a genre and a predicted genre"));
    return told(combined({ genre: encoded(String(y)), predicted: encoded(String(x)) }, how));
  }

  /* A brush of a person: a pointer was just lifted that had gone down in this chart. Its outline goes, the chart itself
   * shows what is selected. */
  function brushed(graph, event) {
    const isPerson = pointer.inside === graph && Date.now() - pointer.at < POINTER_MS;
    if (!isPerson || !event?.range) return null;
    pointer = { at: 0, inside: null };
    window.setTimeout(() => {
      const plot = plotOf(graph);
      if (plot?.layout?.selections?.length) window.Plotly.relayout(plot, { selections: [] });
      setProps(graph, { selectedData: null });
    }, 50);
    const range = Object.fromEntries(Object.entries(event.range).map(([axis, ends]) => [axis[0], [...ends].sort((a, b) => a - b)]));
    return { range, meta: plotOf(graph).layout.meta || {} };
  }

  const keyOf = (field) => (field === "release_year" ? "year" : field);

  /* Outwards to the step of the field, without the dust of binary fractions. */
  function rounded(low, high, step) {
    const to = (value, up) => Number(((up ? Math.ceil(value / step - 1e-6) : Math.floor(value / step + 1e-6)) * step).toPrecision(9));
    return rangeOf(Number.isFinite(low) ? to(low, false) : low, Number.isFinite(high) ? to(high, true) : high);
  }

  /* Along the axis of any chart whose layout says what it is: a histogram, a series of years. */
  function brushRange() {
    const triggered = window.dash_clientside.callback_context.triggered[0];
    const found = triggered && brushed(triggered.prop_id.split(".")[0], triggered.value);
    if (!found?.meta.brush || !found.range.x) return noUpdate();
    const [low, high] = found.range.x;
    const whole = found.meta.codes ? [Math.ceil(low), Math.floor(high)] : [low, high];
    return whole[0] > whole[1] ? noUpdate() : told(combined({ [keyOf(found.meta.brush)]: rounded(...whole, found.meta.step) }));
  }

  /* The axes inside the box, else the nearest; an end beyond the axis is open. */
  function brushAxes(event) {
    const found = brushed("overview-parallel-graph", event);
    if (!found?.meta.axes || !found.range.x || !found.range.y) return noUpdate();
    const [[left, right], [bottom, top]] = [found.range.x, found.range.y];
    const inside = found.meta.axes.map((axis, i) => ({ ...axis, i })).filter(({ i }) => i >= left && i <= right);
    const nearest = Math.max(0, Math.min(found.meta.axes.length - 1, Math.round((left + right) / 2)));
    const axes = inside.length ? inside : [found.meta.axes[nearest]];
    const picks = axes.map(({ field, low, high, step }) => {
      const at = (place) => low + place * (high - low);
      return [keyOf(field), rounded(bottom <= 0 ? -Infinity : at(bottom), top >= 1 ? Infinity : at(top), step)];
    });
    const pick = Object.fromEntries(picks.filter(([, text]) => text !== ".."));
    return Object.keys(pick).length ? told(combined(pick)) : noUpdate();
  }

  function pairAt({ graph, point }) {
    const { pairs, step } = plotOf(graph).layout.meta || {};
    if (!pairs) return [point.x, point.y];
    return [pairs[Math.floor(point.x / step)], pairs[Math.floor(point.y / step)]];
  }

  function openPair() {
    const found = clickedPoint();
    const [x, y] = found ? pairAt(found) : [];
    if (!x || !y || x === y) return [noUpdate(), noUpdate()];
    const card = document.getElementById("overview-scatter-card");
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    card.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
    return [x, y];
  }

  async function focusRow(row) {
    const answer = await window.fetch(window.songscape.api(`/rows/${row}`));
    if (answer.ok) window.songscape.focusTrack((await answer.json()).track_id);
  }

  /* Rows come as a packed array, which only plotly has unpacked. */
  function pickTrack() {
    const found = clickedPoint();
    const row = found && plotOf(found.graph)._fullData[found.point.curveNumber]?.customdata?.[found.point.pointNumber];
    if (Number.isInteger(row)) focusRow(row);
    return noUpdate();
  }

  /* ---- the selection line: mode, comparing, keeping ------------------------------------------------------------------ */

  function setMode(button) {
    mode = button.dataset.pick;
    for (const one of document.querySelectorAll("[data-pick]")) one.setAttribute("aria-checked", String(one === button));
  }

  const place = () => `songscape-selections:${view.catalogue || document.getElementById("catalogue")?.value || ""}`;

  function kept() {
    try {
      return JSON.parse(window.localStorage.getItem(place())) || {};
    } catch {
      return {};
    }
  }

  function keep(all) {
    window.localStorage.setItem(place(), JSON.stringify(all));
    showKept();
  }

  function buttonOf(text, data, label) {
    const made = element("button", "quiet", text);
    made.type = "button";
    Object.assign(made.dataset, data);
    if (label) made.setAttribute("aria-label", label);
    return made;
  }

  function showKept() {
    const names = Object.keys(kept()).sort();
    const rows = names.map((name) => {
      const row = element("li", "", "");
      row.append(buttonOf(name, { apply: name }), buttonOf("×", { forget: name }, `Delete ${name}`));
      return row;
    });
    document.getElementById("kept-list")?.replaceChildren(...(rows.length ? rows : [element("li", "count", "Nothing is kept yet.")]));
    const others = names.map((name) => buttonOf(`with ${name}`, { againstKept: name }));
    document.getElementById("kept-to-compare")?.replaceChildren(...others);
  }

  function keepNow(form) {
    const name = form.elements["kept-name"].value.trim();
    const selection = { ...view.selection };
    delete selection.against;
    if (!name || !Object.keys(selection).length) return;
    keep({ ...kept(), [name]: selection });
    form.reset();
  }

  function forget(name) {
    const all = kept();
    delete all[name];
    keep(all);
  }

  function compare(kind) {
    if (kind === "aside") return setSelection({ against: folded(view.selection) || "all" });
    setSelection(withKey(view.selection, "against", kind));
  }

  /* A link that leads to one card of a screen: it is scrolled to once it is there. */
  function showCard(identity, until = Date.now() + 3000) {
    const card = document.getElementById(identity)?.closest("section");
    if (card) card.scrollIntoView({ block: "center" });
    else if (Date.now() < until) window.setTimeout(() => showCard(identity, until), 50);
  }

  function closeMenus() {
    for (const menu of document.querySelectorAll("details.line-menu[open]")) menu.open = false;
  }

  document.addEventListener("click", (event) => {
    const entry = event.target.closest?.(".legend .traces");
    if (entry) return pickEntry(entry);
    const lead = event.target.closest?.("a[data-card]");
    if (lead) {
      closeMenus();
      window.setTimeout(() => showCard(lead.dataset.card), 0);
    }
    const button = event.target.closest?.("[data-pick], [data-apply], [data-forget], [data-against], [data-against-kept]");
    if (!button) return;
    const { pick, apply, forget: gone, against, againstKept } = button.dataset;
    if (pick) return setMode(button);
    if (gone) return forget(gone);
    closeMenus();
    if (apply) setSelection(kept()[apply]);
    else if (againstKept) compare(folded(kept()[againstKept]));
    else compare(against);
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "keep-selection") return;
    event.preventDefault();
    keepNow(event.target);
  });

  document.addEventListener("toggle", (event) => event.target.matches?.("details.line-menu[open]") && showKept(), true);

  document.addEventListener("keydown", (event) => {
    const button = event.target.closest?.("[data-pick]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!button || !step) return;
    const all = [...document.querySelectorAll("[data-pick]")];
    const next = all[(all.indexOf(button) + step + all.length) % all.length];
    setMode(next);
    next.focus();
  });

  window.dash_clientside.songscape = Object.assign({}, window.dash_clientside.songscape, {
    brushAxes, brushRange, openPair, pickConfusion, pickGenre, pickTrack,
  });
  Object.assign(window.songscape, { combined, encoded, hold, howNow });
})();
