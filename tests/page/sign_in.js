// Signs in with a wrong key and with a right one, and signs out.
const assert = require("node:assert/strict");
const { end, shows, violations, visit } = require("./browser.js");

end(visit(async ({ page, arguments: [key] }) => {
  await shows(page, "h1", "Sign in");
  assert.deepEqual(await violations(page), []);
  await page.getByLabel("Key").fill("wrong");
  await page.keyboard.press("Enter");
  await shows(page, "[role=alert]", "the key is unknown");
  await page.getByLabel("Key").fill(key);
  await page.keyboard.press("Enter");
  await shows(page, ".book", "The Keeper of Tides");
  await shows(page, ".book", "Done");
  const readable = await page.evaluate(() => [document.cookie, JSON.stringify(sessionStorage), JSON.stringify(localStorage)]);
  assert.deepEqual(readable, ["", "{}", "{}"], "a script of the page could read the key");
  const [cookie, ...others] = await page.context().cookies();
  assert.deepEqual([cookie.value, cookie.httpOnly, cookie.sameSite, others.length], [key, true, "Strict", 0]);
  await page.reload();
  await shows(page, ".book", "The Keeper of Tides");
  await page.getByRole("link", { name: "The Keeper of Tides" }).click();
  await page.getByRole("link", { name: "Files" }).click();
  const [saved] = await Promise.all([
    page.waitForEvent("download"), page.getByRole("button", { name: "Download Markdown" }).click(),
  ]);
  assert.equal(await saved.failure(), null);
  await page.getByRole("button", { name: "Sign out" }).click();
  await shows(page, "h1", "Sign in");
  assert.deepEqual(await page.context().cookies(), []);
}));
