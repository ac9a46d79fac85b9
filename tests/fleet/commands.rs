//! Are the commands of upstream systems carried out, on their own books alone, once, and with an answer?

use serde_json::{Value, json};

use crate::support::{Fleet, Ordered, Route, three_chapters};

/// Sends commands, one after the other, and prints the answer to each. The arguments are the address, the user, and the bodies.
const ASKS: &str = "\
import pika, sys
url, user = sys.argv[1:3]
channel = pika.BlockingConnection(pika.URLParameters(url)).channel()
channel.confirm_delivery()
answers = channel.queue_declare('', exclusive=True).method.queue
for number, body in enumerate(sys.argv[3:]):
    properties = pika.BasicProperties(message_id='m', user_id=user, reply_to=answers, correlation_id=str(number))
    channel.basic_publish('bindery.submit', 'book.command', body.encode(), properties, mandatory=True)
    for _, properties, answer in channel.consume(answers, auto_ack=True):
        assert properties.correlation_id == str(number), properties
        print(answer.decode())
        break
    channel.cancel()
";

/// An upstream system.
struct Sender {
    name: &'static str,
    url: String,
}

impl Sender {
    fn of(fleet: &Fleet, name: &'static str) -> Self {
        Self { name, url: fleet.broker.user(&fleet.vhost, name, "hush") }
    }

    /// Submits a book, and returns its id.
    fn submits(&self, fleet: &Fleet, more: &[&str]) -> Ordered {
        let outline = three_chapters();
        fleet.outline("tides", &outline);
        let arguments = [&["submit", "tides.md", "--id", "tides"], more].concat();
        let submitted = fleet.run_with(&arguments, &[("BINDERY_QUEUE__URL", &self.url)]).exits(0);
        Ordered { id: submitted.stdout.trim().to_owned(), outline }
    }

    /// Sends bodies and returns the events that answer them.
    fn sends(&self, fleet: &Fleet, bodies: &[String]) -> Vec<Value> {
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        fleet.python(ASKS, &[&[self.url.as_str(), self.name], &bodies[..]].concat()).exits(0).values()
    }

    /// Sends a command, and returns the event that answers it.
    fn commands(&self, fleet: &Fleet, id: &str, data: Value) -> Value {
        self.sends(fleet, &[command(id, data)]).pop().unwrap()
    }
}

fn command(id: &str, data: Value) -> String {
    let mut event = json!({"specversion": "1.0", "type": "bindery.book.command.v1", "source": "/courses", "id": id});
    event["data"] = data;
    event.to_string()
}

const DONE: &str = "bindery.command.done.v1";
const REFUSED: &str = "bindery.command.refused.v1";

#[test]
fn a_plan_is_approved_and_a_book_cancelled_by_its_own_sender_alone() {
    let fleet = Fleet::new().serving(&["all"]);
    let [ada, ben] = ["ada", "ben"].map(|name| Sender::of(&fleet, name));
    let book = ada.submits(&fleet, &["--review"]);
    // The command line declares the fleet's queues. An upstream system needs no more than the rights of the guide.
    fleet.broker.permit(&fleet.vhost, "ada", super::tenants::patterns("set_permissions"));
    let about = |command: &str| json!({"command": command, "book": book.id});
    fleet.wait_until("the plan waits for a review", || {
        ada.commands(&fleet, "0", about("status"))["data"]["holds"] == json!(["review"])
    });
    let why = ada.commands(&fleet, "1", json!({"command": "why", "request_id": "tides"}));
    assert!(why["data"]["reasons"].to_string().contains("the command `approve`"), "{why}");
    for data in [about("approve"), about("cancel"), json!({"command": "cancel", "request_id": "tides"})] {
        let refused = ben.commands(&fleet, "2", data);
        assert_eq!((&refused["type"], &refused["data"]["status"]), (&json!(REFUSED), &json!(404)), "{refused}");
        assert_eq!(refused["data"]["type"], "urn:bindery:problem:not-found");
    }
    let approved = ada.commands(&fleet, "2", about("approve"));
    assert_eq!((&approved["type"], &approved["data"]["book"]), (&json!(DONE), &json!(book.id)), "{approved}");
    fleet.finishes(&book);
    let late = ada.commands(&fleet, "3", about("cancel"));
    assert_eq!((&late["type"], &late["data"]["status"]), (&json!(REFUSED), &json!(409)));
    assert_eq!((fleet.queued("commands"), fleet.queued("dead")), (0, 0));
}

#[test]
fn a_command_that_is_delivered_again_is_carried_out_once() {
    let fleet = Fleet::new().serving(&["all"]);
    let ada = Sender::of(&fleet, "ada");
    let book = ada.submits(&fleet, &["--no-plan"]);
    fleet.finishes(&book);
    let rewrite = || json!({"command": "rewrite", "book": book.id, "chapters": [2]});
    let edition = |answer: &Value| answer["data"]["edition"].clone();
    assert_eq!(edition(&ada.commands(&fleet, "1", rewrite())), 2);
    let status = || ada.commands(&fleet, "0", json!({"command": "status", "book": book.id}));
    fleet.wait_until("the book is whole again", || status()["data"]["state"] == "done");
    let again = ada.commands(&fleet, "1", rewrite());
    assert_eq!((&again["type"], edition(&again)), (&json!(DONE), json!(2)), "the chapter was written a third time");
    assert_eq!(edition(&ada.commands(&fleet, "2", rewrite())), 3, "another command is another command");
    fleet.wait_until("the book is whole again", || status()["data"]["state"] == "done");
}

#[test]
fn a_command_that_cannot_be_read_is_answered_with_its_faults_and_kept_with_the_reason() {
    let fleet = Fleet::new().serving(&["dispatcher"]);
    let ada = Sender::of(&fleet, "ada");
    let wrong = command("1", json!({"command": "burn", "chapters": "two", "tenant": "ben"}));
    let answers = ada.sends(&fleet, &["{".to_owned(), wrong]);
    assert_eq!(answers[0]["data"]["type"], "urn:bindery:problem:malformed");
    let errors = answers[1]["data"]["errors"].to_string();
    for about in ["command: ", "chapters: ", "unknown field `tenant`", "book: is missing"] {
        assert!(errors.contains(about), "{about} is missing in {errors}");
    }
    fleet.queues("dead", 2);
    let letters = fleet.run(&["--json", "dead", "list"]).exits(0).values();
    assert!(letters.iter().all(|letter| letter["lane"] == "commands" && letter["tenant"] == "ada"), "{letters:?}");
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
    // Nobody hears why, so it is kept.
    let unknown = command("2", json!({"command": "cancel", "request_id": "nothing"}));
    fleet.publish_as(&ada.url, Route::COMMAND, unknown.as_bytes(), "user_id='ada'").exits(0);
    fleet.queues("dead", 1);
    fleet.publish_as(&ada.url, Route::COMMAND, unknown.as_bytes(), "").exits(0);
    fleet.queues("dead", 2);
    let listed = fleet.run(&["dead", "list"]).exits(0).stdout;
    assert!(listed.contains("you have no such book") && listed.contains("publish it with `user_id`"), "{listed}");
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
}
