/* Builds plotly.min.js from songscape-plotly.js, with the settings of plotly.js's own build. */
"use strict";

const { build } = require("esbuild");
const { environmentPlugin } = require("esbuild-plugin-environment");
const { glsl } = require("esbuild-plugin-glsl");
const InlineCSSPlugin = require("esbuild-plugin-inline-css");
const { version } = require("plotly.js/package.json");

build({
  entryPoints: ["songscape-plotly.js"],
  outfile: "plotly.min.js",
  format: "iife",
  globalName: "Plotly",
  bundle: true,
  minify: true,
  plugins: [InlineCSSPlugin(), glsl({ minify: true }), environmentPlugin({ NODE_DEBUG: false })],
  alias: { regl: "@plotly/regl", stream: "stream-browserify" },
  define: { global: "window", "define.amd": "false" },
  banner: { js: `/* plotly.js ${version}, Copyright 2012-2026 Plotly, Inc., MIT licence: scatter, bar, heatmap, scattergl (strict) */` },
  footer: { js: "window.Plotly = Plotly;" },
  target: "es2018",
  logLevel: "info",
});
