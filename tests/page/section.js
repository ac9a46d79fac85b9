// Has a section of a finished chapter changed, and nothing else of it.
const assert = require("node:assert/strict");
const { end, shows, violations, visit } = require("./browser.js");

const ASKED = "An editor asked for this: Say who asked for it.";

end(visit(async ({ page, base, arguments: [id] }) => {
  const sections = () => page.evaluate(async (path) => {
    const { text } = await (await fetch(path)).json();
    return text.split(/^(?=#{2,3} )/m);
  }, `/v1/books/${id}/chapters/2`);
  await page.goto(`${base}/#/books/${id}/chapters/2`);
  await page.locator("article.text p").first().waitFor();
  const before = await sections();
  await page.locator("summary", { hasText: "Change something" }).click();
  await page.getByLabel("What is to be changed").fill("Say who asked for it.");
  await page.getByLabel("Where it may be changed").selectOption("2");
  assert.deepEqual(await violations(page), []);
  const [sent] = await Promise.all([
    page.waitForRequest((request) => request.url().endsWith("/revise")), page.getByRole("button", { name: "Change it", exact: true }).click(),
  ]);
  assert.deepEqual(sent.postDataJSON().sections, [2]);
  await shows(page, "article.text", ASKED);
  await shows(page, ".head .badge", "Done");
  const after = await sections();
  assert.equal(after.length, before.length);
  const changed = after.map((section, at) => (section === before[at] ? 0 : at + 1)).filter(Boolean);
  assert.equal(changed.length, 1, `${changed.length} sections are changed`);
}));
