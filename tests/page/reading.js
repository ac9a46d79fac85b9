// Reads a chapter of a Japanese book with a table, links, notes and an image, and downloads the book under its own title.
const assert = require("node:assert/strict");
const { end, shows, violations, visit } = require("./browser.js");

end(visit(async ({ page, base, arguments: [id] }) => {
  await page.goto(`${base}/#/books/${id}/chapters/1`);
  const text = page.locator("article.text");
  await text.locator("table").waitFor();
  await shows(page, ".page .hint", /^[\d,]+ characters$/);
  await shows(page, ".figures", "characters");
  assert.deepEqual(await text.locator("th").allInnerTexts(), ["Knot", "Rope"]);
  assert.deepEqual(await text.locator("td").allInnerTexts(), ["Bowline", "a|b", "Reef", "two"]);
  const link = text.getByRole("link", { name: "the guild" });
  assert.deepEqual(await link.evaluate(({ href, rel, target }) => [href, rel, target]),
    ["https://books.example.com/knots_(old)", "noopener noreferrer nofollow", "_blank"]);
  assert.match(await text.innerText(), /\[a trap\]\(javascript:window\.hacked=1\)/);
  assert.equal(await text.locator("img").count(), 0);
  assert.equal(await text.locator(".picture").innerText(), "A bowline in hemp");
  assert.deepEqual(await violations(page), []);

  const here = page.url();
  await text.getByRole("link", { name: "below" }).click();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "The Reef Knot");
  await text.locator("[aria-label='Note 1']").click();
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^Told by a sailor/);
  await text.locator("[aria-label='Back to the mark of note 1']").click();
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "Note 1");
  assert.equal(page.url(), here, "a link within the text leaves the view as it is");
  assert.ok(await text.locator("blockquote").count() <= 8, "thousands of quotations within each other are shown");

  await page.getByRole("link", { name: "Files" }).click();
  const [saved] = await Promise.all([
    page.waitForEvent("download"), page.getByRole("button", { name: "Download Markdown" }).click(),
  ]);
  assert.equal(saved.suggestedFilename(), "静かな本.md");
}));
