const plots = JSON.parse(document.getElementById("plots").textContent);
const settings = { displayModeBar: false, responsive: true };
for (const [name, plot] of Object.entries(plots)) {
  Plotly.newPlot("plot-" + name, plot.data, plot.layout, settings);
}
