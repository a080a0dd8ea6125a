/* What is selected, on the map: painted at once from what the browser has, else from a mask. */
(function () {
  "use strict";

  const { decoded, view: shared, setProps, withKey } = window.songscape;
  const paint = window.songscapePaint;
  const own = window.songscapeMap;
  const { map, repaint, stage } = own;

  const NAMED = ["genre", "cluster"]; // other colours with names are filtered by ranges

  /* ---- highlight ---------------------------------------------------------------------------------------------- */

  function bytesOf(bits, n) {
    const packed = new Uint8Array(bits);
    const found = new Uint8Array(n);
    for (let i = 0; i < n; i++) found[i] = (packed[i >> 3] >> (7 - (i & 7))) & 1;
    return found;
  }

  /* A lasso on another layout than UMAP's begins with its name. */
  const layoutOf = (text) => /^[a-z]+/.exec(text || "")?.[0] || "umap";

  const cornersIn = (text) => {
    const numbers = (text || "").replace(/^[a-z]+\./, "").split(".").map(Number);
    return Array.from({ length: numbers.length >> 1 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
  };

  const lassosIn = (text) => (text || "").split(",").filter(Boolean);

  /* Of every lasso on the layout shown, its edges. */
  function outlineOf(text) {
    const here = lassosIn(text).filter((one) => layoutOf(one) === map.meta?.layout).map(cornersIn);
    const edges = here.flatMap((corners) => corners.map((corner, i) => [...corner, ...corners[(i + 1) % corners.length]]));
    return edges.length ? edges : null;
  }

  function pick(picked) {
    map.isFresh = true;
    map.points.picked = picked;
    map.lines = null;
    repaint();
    own.sayDrawn();
  }

  /* Which points a filter lets pass, where the browser knows: inside a shape, or of a genre or cluster that they are
   * coloured by. */
  function knownHere(key, text) {
    const { colour, layout, names } = map.meta;
    if (key === "lasso") return lassosIn(text).every((one) => layoutOf(one) === layout) ? insideAny(lassosIn(text)) : null;
    if (!NAMED.includes(key) || key !== colour || !names || names.length >= paint.MISSING || map.coloured !== colour) return null;
    const wanted = text.split(",").filter(Boolean).map((one) => (key === "cluster" ? Number(one) : names.indexOf(decoded(one))));
    const passes = new Uint8Array(256);
    for (const code of wanted) if (code >= 0) passes[code] = 1;
    return map.points.colour.map((code) => passes[code]);
  }

  function insideAny(lassos) {
    const { placed } = map.points;
    const apart = lassos.map((one) => paint.inPolygon(map.points, cornersIn(one)));
    const inside = apart.reduce((all, one) => all.map((bit, i) => bit | one[i]));
    return placed ? inside.map((bit, i) => bit & placed[i]) : inside;
  }

  async function highlightAll(selection) {
    const keys = Object.keys(selection);
    if (!keys.length) {
      own.forget("mask");
      return pick(null);
    }
    const known = keys.map((key) => knownHere(key, selection[key]));
    if (known.every(Boolean)) {
      own.forget("mask");
      return pick(known.reduce((all, one) => all.map((bit, i) => bit & one[i])));
    }
    const bits = await own.latest("mask", "mask", selection);
    pick(bytesOf(bits, map.points.x.length));
  }

  /* What the selection is compared with: asked for anew where the answer is another. */
  async function compare(selection) {
    const { against } = selection;
    const asked = against === "rest" ? selection : against ? { against } : null;
    const key = asked && `${map.meta.bundle}|${JSON.stringify(asked)}`;
    if (map.points.other && map.comparedKey === key) return;
    if (!asked) own.forget("other");
    if (!asked && !map.points.other) return;
    const bits = asked ? await own.latest("other", "other", asked) : null;
    map.points.other = bits && bytesOf(bits, map.points.x.length);
    map.comparedKey = key;
    repaint();
    own.sayDrawn();
  }

  /* The years that are just played narrow a view of very many tracks as a filter would. */
  function withYears(selection) {
    if (!map.filmYears) return selection;
    const [first, last] = (selection.year || "..").split("..").map((end, i) => (end === "" ? (i ? Infinity : -Infinity) : Number(end)));
    const [from, to] = map.filmYears;
    return { ...selection, year: `${Math.max(from, first)}..${Math.max(Math.min(to, last), Math.max(from, first))}` };
  }

  /* What the selection is compared with filters nothing. */
  const filtersNow = () => withYears(withKey(shared.selection, "against", ""));
  const askedNow = () => withYears(shared.selection);

  /* What is shown already, as after a lasso, is not asked for again. */
  function show(selection) {
    const chosen = withKey(selection, "against", "");
    const key = `${JSON.stringify(selection)}|${map.meta?.bundle}|${map.meta?.colour}|${map.meta?.layout}`;
    if (map.shownKey === key) return;
    map.shownKey = key;
    map.outline = outlineOf(chosen.lasso);
    if (map.meta && !map.meta.all) own.refine();
    else whenLoaded(() => {
      highlightAll(chosen).catch((error) => error.name === "AbortError" || pick(null));
      compare(selection).catch((error) => error.name === "AbortError" || (map.points.other = null));
    });
  }

  /* Whether it was painted here, so that others may wait. */
  function showSelection(selection) {
    if (!map.meta || !stage()) return false;
    shared.selection = selection;
    show(selection);
    askCluster(selection);
    return true;
  }

  let loading = null;

  function whenLoaded(then) {
    window.clearTimeout(loading);
    if (map.points && map.bundle === map.meta?.bundle && map.layout === map.meta.layout) then();
    else loading = window.setTimeout(() => whenLoaded(then), 20);
  }

  /* One cluster alone is selected: its panel is asked for. */
  let clusterAsked = null;

  function askCluster(selection) {
    const only = /^\d+$/.test(selection.cluster || "") ? Number(selection.cluster) : null;
    const asked = `${only}|${map.meta.bundle}`;
    if (asked === clusterAsked || (only === null && clusterAsked === null)) return;
    clusterAsked = asked;
    setProps("map-cluster-asked", { data: only });
  }

  const count = () => (map.points?.picked ? map.points.picked.reduce((sum, one) => sum + one, 0) : -1);

  Object.assign(own, { askedNow, count, filtersNow, showSelection });
})();
