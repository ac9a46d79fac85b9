// Signs in as an operator, finds the book that failed, reads why, and has what failed tried again.
const { end, shows, visit } = require("./browser.js");

end(visit(async ({ page, arguments: [key] }) => {
  await page.getByLabel("Key").fill(key);
  await page.keyboard.press("Enter");
  await shows(page, ".book", "The Keeper of Tides");
  await page.getByRole("button", { name: "Failed" }).click();
  await shows(page, ".book", "Failed");
  await page.getByRole("link", { name: "The Keeper of Tides" }).click();
  await shows(page, ".notice", "The book failed.");
  await shows(page, ".chapter[data-state=failed]", "section 2 failed 5 times");
  await page.getByRole("button", { name: "Try again" }).click();
  await shows(page, ".head .badge", "Done");
  await shows(page, ".chapter[data-state=done]", "Moons");
}));
