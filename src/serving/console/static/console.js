"use strict";
// What pages do beyond showing: all of it works without, but for figures.

const drafts = {
  // What is being written outlives an expired session or a lost connection, in this tab alone.
  key: (field) => `draft ${location.pathname} ${field.form.dataset.draft} ${field.name}`,
  fields: () => document.querySelectorAll("form[data-draft] :is(textarea, input[type=text])"),
  restore() {
    for (const field of this.fields()) {
      const kept = sessionStorage.getItem(this.key(field));
      if (kept && !field.value) field.value = kept;
      field.addEventListener("input", () => sessionStorage.setItem(this.key(field), field.value));
    }
  },
  forget() {
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(`draft ${location.pathname} `)) sessionStorage.removeItem(name);
    }
  },
};

function sendOnce(form) {
  // A second click sends nothing; a form that came back from the cache may be sent again.
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) setTimeout(() => { button.disabled = true; });
  });
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (event.type === "keydown" ? event.key === "Escape" : !menu.contains(event.target)) {
      menu.open = false;
      if (event.type === "keydown") menu.querySelector("summary").focus();
    }
  }
}

function letTablesScroll() {
  // A table wider than its place is scrolled by the keyboard as well.
  for (const place of document.querySelectorAll(".scroll")) {
    const wide = place.scrollWidth > place.clientWidth;
    if (wide) place.tabIndex = 0;
    else place.removeAttribute("tabindex");
  }
}

letTablesScroll();
window.addEventListener("resize", letTablesScroll);
document.addEventListener("toggle", letTablesScroll, true);
document.querySelectorAll("form[method=post]").forEach(sendOnce);
document.querySelectorAll("[data-print]").forEach((each) => each.addEventListener("click", () => print()));
document.querySelectorAll("select[data-submit]").forEach((each) => each.addEventListener("change", () => each.form.requestSubmit()));
document.addEventListener("click", closeMenus);
document.addEventListener("keydown", closeMenus);
window.addEventListener("pageshow", () => document.querySelectorAll("button:disabled").forEach((each) => { each.disabled = false; }));
if (document.querySelector("[data-done]")) drafts.forget();
drafts.restore();
