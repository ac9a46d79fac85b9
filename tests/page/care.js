// Sees what a new book takes with each preset, and orders it with one of them and with several drafts.
const { readFileSync } = require("node:fs");
const assert = require("node:assert/strict");
const { end, shows, violations, visit } = require("./browser.js");

/** Returns how many calls a preset is priced at. */
async function calls(page, preset) {
  const label = page.locator("label", { has: page.locator(`#preset-${preset}`) });
  await label.filter({ hasText: /\d calls/ }).waitFor();
  return Number(/([\d,]+) calls/.exec(await label.textContent())[1].replaceAll(",", ""));
}

end(visit(async ({ page, base, arguments: [outline] }) => {
  await page.goto(`${base}/#/new`);
  await page.getByLabel("Outline", { exact: true }).fill(readFileSync(outline, "utf8"));
  const [draft, careful] = [await calls(page, "draft"), await calls(page, "careful")];
  assert.ok(draft < careful, `${draft} calls of a draft, ${careful} with care`);
  assert.deepEqual(await violations(page), []);
  await page.getByLabel("Drafts of each section").selectOption("3");
  assert.ok((await calls(page, "draft")) > draft, "three drafts take more calls");
  await page.getByRole("radio", { name: /^Draft/ }).check();
  await shows(page, ".reading", "3 chapters");
  await page.getByRole("button", { name: "Start the book" }).click();
  await shows(page, ".head .badge", "Done");
}));
