/* Clientside functions of Songscape, in one namespace. They answer what the browser can answer itself: the address,
 * the Selection, highlights, the hover card and the search box. Numbers come from the server, words stay here. */
(function () {
  "use strict";

  const VIEW = { catalogue: "view-catalogue", selection: "view-selection", track: "view-track", point: "view-point" };
  const OWN_KEYS = ["catalogue", "track", "point"];
  const noUpdate = () => window.dash_clientside.no_update;
  /* The map paints a new Selection at once; by way of the store it would wait behind all others that hear of it. */
  const setProps = (id, props) => {
    if (id === VIEW.selection) window.songscapeMap.showSelection(props.data || {});
    window.dash_clientside.set_props(id, props);
  };
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
    const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%3B", ";");
    return text ? `?${text}` : "";
  }

  let selectionKeys = [];

  let wasRead = false;

  /* The first time the catalogue is written even where it stays: what waits for the address is asked by that, once. */
  function readAddress(_href, keys, catalogue, selection, track, point) {
    selectionKeys = keys;
    const first = !wasRead;
    wasRead = true;
    const found = parseAddress(window.location.search, keys);
    const known = { catalogue, selection: selection || {}, track, point: point || {} };
    Object.assign(view, found);
    if (!told) told = { ...view };
    return ["catalogue", "selection", "track", "point"].map((k) =>
      same(found[k], known[k]) && !(first && k === "catalogue") ? noUpdate() : found[k],
    );
  }

  /* Views before this one, for Undo: the history of the browser also holds screens, and pages that are not ours. */
  const past = [];
  let told = null;
  let goingBack = false;

  function remember(now) {
    if (told && !same(told, now) && !goingBack) past.push(told);
    told = now;
    goingBack = false;
    const isDisabled = !past.length;
    if (document.getElementById("undo")?.disabled !== isDisabled) setProps("undo", { disabled: isDisabled });
  }

  function undo(clicks) {
    const before = clicks ? past.pop() : null;
    if (before) {
      goingBack = true;
      for (const [name, store] of Object.entries(VIEW)) if (!same(before[name], view[name])) setProps(store, { data: before[name] });
    }
    return noUpdate();
  }

  function writeAddress() {
    const search = addressOf(view);
    if (search === window.location.search) return;
    const onlyPoint = addressOf({ ...view, point: {} }) === addressOf({ ...parseAddress(window.location.search, selectionKeys), point: {} });
    const method = onlyPoint ? "replaceState" : "pushState";
    window.history[method](null, "", window.location.pathname + search + window.location.hash);
  }

  /* All that the browser does about a changed view by itself, in one callback: Dash's renderer takes its time for each. */
  function viewChanged(catalogue, selection, track, point, ...rail) {
    Object.assign(view, { catalogue: catalogue ?? null, selection: selection || {}, track: track ?? null, point: point || {} });
    remember({ ...view });
    window.setTimeout(writeAddress, 0); // while the server thinks
    showRail(view.selection, ...rail);
    window.songscapeMap.showSelection(view.selection);
    window.songscapeCards.follow();
    window.songscapeWhatIf.follow();
    return noUpdate();
  }

  window.addEventListener("popstate", () => {
    const found = parseAddress(window.location.search, selectionKeys);
    const isBefore = past.length > 0 && same(past[past.length - 1], found); // else forward, which Undo takes back
    if (isBefore) past.pop();
    goingBack = isBefore && !same(found, view);
    for (const [name, store] of Object.entries(VIEW)) if (!same(found[name], view[name])) setProps(store, { data: found[name] });
    Object.assign(view, found);
  });

  /* ---- links between screens ------------------------------------------------------------------------------------ */

  const linkAt = (event) => event.target.closest?.("a[data-screen]");

  /* They take the view along: their address is written when somebody is about to use or to copy it. */
  function keepView(event) {
    const link = linkAt(event);
    if (link) link.setAttribute("href", link.pathname + addressOf(view));
  }

  for (const type of ["pointerover", "focusin", "touchstart"]) document.addEventListener(type, keepView, { capture: true, passive: true });

  /* dcc.Location hears of it as of the back button. */
  function goTo(path) {
    window.history.pushState(null, "", path + addressOf(view));
    window.dispatchEvent(new PopStateEvent("popstate"));
    window.scrollTo(0, 0);
  }

  document.addEventListener("click", (event) => {
    const link = linkAt(event);
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(link.pathname);
  });

  /* Screens that are no tab. */
  const BESIDE = { "/catalogues": "Catalogues", "/quality": "Quality", "/models": "Models", "/clusters": "Clusters", "/tags": "Tags" };

  function showScreen(pathname) {
    document.documentElement.dataset.path = pathname;
    let title = BESIDE[pathname] || "Not found";
    for (const link of document.querySelectorAll("nav.tabs a")) {
      const isCurrent = link.pathname === pathname;
      if (isCurrent) [title] = [link.textContent, link.setAttribute("aria-current", "page")];
      else link.removeAttribute("aria-current");
    }
    document.title = `${title} · Songscape`;
    return noUpdate();
  }

  /* Another catalogue has other genres, clusters and tracks: the rest of the view starts anew. */
  function chooseCatalogue(chosen, catalogue, options) {
    const shown = catalogue || (options && options[0] && (options[0].value || options[0]));
    return chosen && chosen !== shown ? [chosen, {}, null, {}] : [noUpdate(), noUpdate(), noUpdate(), noUpdate()];
  }

  /* ---- the Selection ------------------------------------------------------------------------------------------ */

  const LONGEST_MS = 150;
  const pause = (ms) => new Promise((done) => window.setTimeout(done, ms));

  /* On the map the pictures come first: the store, and what Dash does when it changes, wait for them. */
  function setSelection(selection) {
    const isShown = window.songscapeMap.showSelection(selection);
    const answered = window.songscapeCards.follow(selection);
    view.selection = selection;
    const tell = () => setProps(VIEW.selection, { data: view.selection });
    if (isShown) Promise.race([answered, pause(LONGEST_MS)]).then(() => pause(0)).then(tell);
    else tell();
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

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#clear")) setSelection({});
  });

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
  function readRail(lists, ranges, listIds, rangeIds, lows, highs) {
    const triggered = window.dash_clientside.callback_context.triggered;
    if (triggered.length !== 1) return showRail(view.selection, listIds, rangeIds, lows, highs, lists, ranges);
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
    const wanted = selection;
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
    const { combined, encoded, howNow } = window.songscape;
    const how = howNow();
    return combined({ [id.key]: encoded(String(id.value)) }, how === "and" ? "add" : how);
  }

  /* ---- tracks: choosing, search ----------------------------------------------------------------------------- */

  const api = (path) => `/api/v1/catalogues/${encodeURIComponent(view.catalogue || "default")}${path}`;

  function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
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
    if (searchBox().getAttribute("role")) searchBox().setAttribute("aria-expanded", "false");
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

  const SHOWING_TRACKS = ["/map", "/similar", "/tags", "/what-if"];

  function pick(item) {
    if (!item || !item.dataset.track) return;
    window.songscapeMap.map.wasSearched = true; // the map flies to it
    focusTrack(item.dataset.track);
    setProps("search", { value: "" });
    searchBox().blur();
    closeResults();
    if (!SHOWING_TRACKS.includes(window.location.pathname)) window.setTimeout(() => goTo("/similar"), 60);
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

  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.songscape = Object.assign({}, window.dash_clientside.songscape, {
    readAddress, viewChanged, showScreen, chooseCatalogue, undo, readRail, toggleRail, chooseGenre,
    chooseTrack, switchTheme,
  });

  /* For the other scripts of this folder. */
  window.songscape = { view, wasRead: () => wasRead, addressOf, api, decoded, element, focusTrack, noUpdate, pointText: writePoint, same, setProps, setSelection, withKey };
})();
