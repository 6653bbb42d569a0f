"use strict";
// The page is whole without this file: it adds sorting, and a switch between light and dark.
(function () {
  var root = document.documentElement;
  var theme = document.getElementById("theme");
  var prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

  function isDark() {
    return root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches;
  }
  function showTheme() {
    theme.setAttribute("aria-pressed", String(isDark()));
  }
  theme.hidden = false;
  theme.addEventListener("click", function () {
    root.dataset.theme = isDark() ? "light" : "dark";
    showTheme();
  });
  prefersDark.addEventListener("change", showTheme);
  showTheme();

  function keyOf(row, column, isNumber) {
    var text = row.cells[column].textContent;
    return isNumber ? parseFloat(text.replace(/,/g, "")) : text;
  }
  function sortRows(table, head, column) {
    var isNumber = head.dataset.sort === "number";
    var upward = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "descending" : !isNumber;
    var rows = Array.from(table.tBodies).flatMap(function (body) { return Array.from(body.rows); });
    var keyed = rows.map(function (row) { return { row: row, key: keyOf(row, column, isNumber) }; });
    keyed.sort(function (a, b) {
      var order = a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
      return upward ? order : -order;
    });
    var first = Number(table.dataset.first);
    keyed.forEach(function (item, index) {
      table.tBodies[index < first ? 0 : 1].append(item.row);
    });
    table.querySelectorAll("th[aria-sort]").forEach(function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", upward ? "ascending" : "descending");
  }
  document.querySelectorAll("table[data-sortable]").forEach(function (table) {
    Array.from(table.tHead.rows[0].cells).forEach(function (head, column) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", function () { sortRows(table, head, column); });
    });
  });
})();
