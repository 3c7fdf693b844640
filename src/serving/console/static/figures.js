"use strict";
// Figures: each asks for its data at its own address, and says so where that fails.

const LAYOUT = {
  font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: "#1a1e23" },
  paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: { l: 8, r: 8, t: 8, b: 8 }, hovermode: "closest",
};
const CONFIG = { responsive: true, displaylogo: false, displayModeBar: false };

async function draw(place) {
  try {
    const response = await fetch(place.dataset.figure, { credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    const figure = await response.json();
    await Plotly.newPlot(place, figure.data, { ...LAYOUT, ...figure.layout }, CONFIG);
    place.setAttribute("data-drawn", "");
  } catch (error) {
    place.textContent = place.dataset.failed;
  }
}

document.querySelectorAll("[data-figure]").forEach(draw);
