// Watches the list while a book is ordered elsewhere, then filters and searches it.
const { end, shows, tell, visit } = require("./browser.js");

end(visit(async ({ page }) => {
  await shows(page, ".empty", "No books yet");
  tell("the list is open");
  await shows(page, ".book", "The Keeper of Tides");
  await shows(page, ".book", "Done");
  await shows(page, ".book", "3 of 3 chapters");
  await page.getByRole("button", { name: "Failed" }).click();
  await shows(page, ".empty", "No book fits");
  await page.getByRole("button", { name: "Done" }).click();
  await shows(page, ".book", "The Keeper of Tides");
  await page.getByLabel("Search").fill("nothing has this name");
  await shows(page, ".empty", "No book fits");
  await page.reload();
  await shows(page, ".empty", "No book fits");
  await page.getByLabel("Search").fill("KEEPER");
  await shows(page, ".book", "The Keeper of Tides");
}));
