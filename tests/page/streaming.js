// Watches the text of sections grow on the board and in the reading view while a model writes them.
const assert = require("node:assert/strict");
const { end, shows, violations, visit } = require("./browser.js");

/** Waits until an element has more text than it had, and returns whether it begins as before. */
async function grows(page, locator) {
  await locator.filter({ hasText: /\w{3}/ }).waitFor();
  const before = await locator.innerText();
  const element = await locator.elementHandle();
  await page.waitForFunction(([grown, length]) => grown.innerText.length > length, [element, before.length]);
  assert.ok((await element.innerText()).startsWith(before.slice(0, 20)));
}

end(visit(async ({ page, base, arguments: [id] }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(`${base}/#/books/${id}`);
  const words = page.locator(".writing .words").first();
  await words.filter({ hasText: /\w{3}/ }).waitFor();
  assert.equal(await page.locator(".writing[aria-live], .writing [aria-live]").count(), 0, "nothing is announced");
  assert.equal(await words.evaluate((element) => getComputedStyle(element, "::after").animationName), "none");
  assert.deepEqual(await violations(page), []);
  const chapter = await page.locator(".chapter", { has: page.locator(".writing .words") }).first().locator(".number").innerText();
  await page.goto(`${base}/#/books/${id}/chapters/${chapter}`);
  await grows(page, page.locator(".writing-now .text").first());
  await shows(page, ".head .badge", "Done");
  await page.locator(".writing-now").waitFor({ state: "hidden" });
  assert.ok((await page.locator("article.text").first().innerText()).length > 200);
}));
