/** Click or press a heading: numbers from the largest, words from A, and the other way round. */
function setUpSorting(table) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    heading.querySelector("button")?.addEventListener("click", () => {
      const first = heading.classList.contains("number") ? "descending" : "ascending";
      const other = first === "descending" ? "ascending" : "descending";
      const order = heading.getAttribute("aria-sort") === first ? other : first;
      headings.forEach((each) => each.hasAttribute("aria-sort") && each.setAttribute("aria-sort", "none"));
      heading.setAttribute("aria-sort", order);
      sortRows(table.tBodies[0], column, order === "ascending" ? 1 : -1);
    });
  });
}

function sortRows(body, column, sign) {
  const rows = [...body.rows].map((row) => ({ row, key: row.cells[column].dataset.sort }));
  rows.sort((a, b) => {
    // What has no value stays below, whichever way the rest is turned.
    if (a.key === undefined || b.key === undefined) return (a.key === undefined) - (b.key === undefined);
    const numbers = a.key - b.key;
    return sign * (Number.isNaN(numbers) ? a.key.localeCompare(b.key) : numbers);
  });
  body.append(...rows.map((each) => each.row));
}
