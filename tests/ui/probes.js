/* Put into every page that is measured, before its own scripts: remembers when points were first on the screen,
 * when a chart or a text last changed, and how long the server took. */
(() => {
  const probe = (window.probe = { drawn: null, painted: null, changed: null });
  const plotOf = () => document.querySelector("#map-graph .js-plotly-plot, #graph .js-plotly-plot");
  const inPlot = (plot) => plot && plot._fullLayout && plot.querySelector("canvas") && plot.data?.[0]?.x;
  const isDrawn = () => window.performance.getEntriesByName("map-painted").length || inPlot(plotOf());
  const onNextFrame = (then) => window.requestAnimationFrame(() => window.requestAnimationFrame(then));

  function look() {
    if (isDrawn()) onNextFrame(() => (probe.drawn = window.performance.now()));
    else window.requestAnimationFrame(look);
  }

  if (window.location.pathname !== "/what-if") window.requestAnimationFrame(look); // no points there
  window.performance.setResourceTimingBufferSize(2000);

  /* Marks that our painter sets; plotly's own event where points are drawn by plotly. */
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === "map-selected") probe.painted = entry.startTime;
  }).observe({ entryTypes: ["mark"] });
  probe.follow = () => plotOf().on("plotly_afterplot", () => (probe.painted = window.performance.now()));

  const isCounted = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest?.("#page, #selection-words, #selection-chips");
  /* What is drawn by the map itself is measured apart; a slider moves by itself. */
  const UNCOUNTED = "#map-graph, #map-stage, .modebar, .dash-slider-container";
  document.addEventListener("DOMContentLoaded", () => {
    new MutationObserver((all) => {
      if (all.some((one) => isCounted(one.target) && !one.target.closest?.(UNCOUNTED))) probe.changed = window.performance.now();
    }).observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
  });

  probe.callbacks = () => window.performance.getEntriesByType("resource").filter((e) => e.name.includes("_dash-update-component")).length;
})();
