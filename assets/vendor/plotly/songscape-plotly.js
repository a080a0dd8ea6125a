/* The parts of plotly.js that Songscape draws with. plot_strict carries its WebGL programs ready-made, so that no code
 * is compiled from text and the content security policy needs no 'unsafe-eval'. */
"use strict";

const Plotly = require("plotly.js/lib/core");

Plotly.register([
  require("plotly.js/lib/bar"),
  require("plotly.js/lib/heatmap"),
  require("plotly.js/src/traces/scattergl/strict"),
]);

module.exports = Plotly;
