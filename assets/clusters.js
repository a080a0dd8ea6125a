/* Clusters: a click on a row of a chart, or on a name in the list, selects the tracks of that cluster. */
(function () {
  "use strict";

  const plotOf = (graph) => document.querySelector(`#${graph} .js-plotly-plot`);

  /* A row is named; the layout lists the names by number, and lists none where tracks cannot be selected by the cut. */
  function pickCluster() {
    const { noUpdate, setProps, same, view, combined } = window.songscape;
    const clicked = window.dash_clientside.callback_context.triggered.find((one) => one.value?.points?.length);
    if (!clicked) return noUpdate();
    const graph = clicked.prop_id.split(".")[0];
    window.setTimeout(() => setProps(graph, { clickData: null }), 0); // so that the same click can be made again
    const names = plotOf(graph)?.layout?.meta?.clusters || [];
    const number = names.indexOf(clicked.value.points[0].y);
    if (number < 0) return noUpdate();
    const selection = combined({ cluster: String(number) });
    return same(selection, view.selection) ? noUpdate() : selection;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-pick-cluster]");
    if (!button) return;
    const { setProps, combined } = window.songscape;
    setProps("view-selection", { data: combined({ cluster: button.dataset.pickCluster }) });
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.songscape = Object.assign({}, window.dash_clientside.songscape, { pickCluster });
})();
