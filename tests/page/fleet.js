// Signs in as an operator, sees the fleet, lifts a hold, and sends a dead letter again.
const assert = require("node:assert/strict");
const { end, shows, violations, visit } = require("./browser.js");

end(visit(async ({ page, arguments: [key] }) => {
  await page.getByLabel("Key").fill(key);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Fleet" }).click();
  await shows(page, "h1", "Fleet");
  const plot = page.getByRole("img", { name: /^In the last hour 3 chapters were written, at most/ });
  await plot.waitFor();
  const heights = await plot.locator("rect").evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute("height"))));
  assert.ok(heights.length === 60 && heights.some((height) => height > 0), `${heights}`);
  await shows(page, ".lanes li", "Solo chapters");
  await shows(page, ".stuck", "An operator holds it; “Lift the hold” lets it go on.");
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Lift the hold" }).click();
  await page.getByText("No book stands still.").waitFor();
  await page.getByText("1 message could not be read.").waitFor();
  await page.getByRole("button", { name: "Show them" }).click();
  await shows(page, ".stacked", "by-hand");
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Send again by-hand" }).click();
  await shows(page, "#announcer", "1 message sent again");
}));
