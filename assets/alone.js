/* Draws the charts of a page that stands alone, with the configuration of the screens. */
(() => {
  const draw = (data) => {
    const figure = JSON.parse(data.textContent);
    const place = document.getElementById(data.dataset.for);
    window.Plotly.newPlot(place, figure.data, { ...figure.layout, autosize: true }, { displaylogo: false, responsive: true });
  };
  document.querySelectorAll('script[type="application/json"][data-for]').forEach(draw);
})();
