/** One chip's mapping at a time; without a script they stand one below the other. */
function setUpMapping(section) {
  const chooser = section.querySelector(".chooser");
  if (!chooser) return;
  const select = chooser.querySelector("select");
  const tables = section.querySelectorAll(".placed");
  const show = () => tables.forEach((each) => (each.hidden = each.dataset.chip !== select.value));
  select.addEventListener("change", show);
  chooser.hidden = false;
  show();
}
