// What a book waits for, in the words of the page.

/** Names the button of the page where a reason names the request of the API. */
export function forPeople(reason) {
  const buttons = { redrive: "Try again", lift: "Lift the hold", "plan/approve": "Approve the plan" };
  return reason.replace(/`POST \/v1\/books\/[^/`]+\/([a-z/]+)`/g, (whole, action) => (buttons[action] ? `“${buttons[action]}”` : whole));
}
