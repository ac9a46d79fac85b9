//! Are the books of a tenant out of reach for every other tenant?

use serde_json::{Value, json};

use super::poison::RETURNS;
use crate::support::{Fleet, Ordered, Outline, Route, three_chapters};

/// Returns a submission with further fields in its data and in its envelope.
fn submission(request_id: &str, outline: &Outline, data: &Value, envelope: &Value) -> Vec<u8> {
    let mut event: Value = serde_json::from_str(include_str!("../../shared/protocol/src/submission/v1.json")).unwrap();
    event["data"] = json!({"request_id": request_id, "outline": {"markdown": outline.text()}, "no_plan": true});
    let add = |to: &mut Value, more: &Value| to.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    add(&mut event["data"], data);
    add(&mut event, envelope);
    event.to_string().into_bytes()
}

/// Returns the URLs of two tenants, Ada and Ben.
fn tenants(fleet: &Fleet) -> [String; 2] {
    ["ada", "ben"].map(|name| fleet.broker.user(&fleet.vhost, name, "hush"))
}

/// A book with its owner.
#[derive(Debug, PartialEq, Eq)]
struct Owned {
    tenant: String,
    id: String,
}

/// Returns all books by tenant.
fn books(fleet: &Fleet) -> Vec<Owned> {
    let text = |book: &Value, field: &str| book[field].as_str().unwrap().to_owned();
    let mut books: Vec<_> = fleet.run(&["--json", "books"]).exits(0).values();
    books.sort_by_key(|book| text(book, "tenant"));
    books.iter().map(|book| Owned { tenant: text(book, "tenant"), id: text(book, "id") }).collect()
}

#[test]
fn the_same_request_id_of_two_tenants_names_two_books() {
    let fleet = Fleet::new().serving(&["all"]);
    let [ada, ben] = tenants(&fleet);
    let outlines = [three_chapters(), Outline::of(&["Bells", "Charts"])];
    let submit = |url: &str, name: &str, outline: &Outline| {
        fleet.outline(name, outline);
        let path = format!("{name}.md");
        let arguments = ["submit", path.as_str(), "--no-plan", "--id", "one"];
        fleet.run_with(&arguments, &[("BINDERY_QUEUE__URL", url)]).exits(0).stdout.trim().to_owned()
    };
    let [hers, his] = outlines;
    let hers = Ordered { id: submit(&ada, "hers", &hers), outline: hers };
    let before = fleet.finishes(&hers);
    let his = Ordered { id: submit(&ben, "his", &his), outline: his };
    fleet.finishes(&his);
    let owned = |tenant: &str, id: &str| Owned { tenant: tenant.to_owned(), id: id.to_owned() };
    assert_eq!(books(&fleet), [owned("ada", &hers.id), owned("ben", &his.id)]);
    let after = fleet.finishes(&hers);
    assert_eq!((after.book("terms"), after.book("binding")), (before.book("terms"), before.book("binding")));
}

#[test]
fn nobody_can_submit_in_the_name_of_another_tenant() {
    let fleet = Fleet::new().serving(&["dispatcher"]);
    let [_, ben] = tenants(&fleet);
    let body = submission("one", &three_chapters(), &json!({}), &json!({}));
    let refused = fleet.publish_as(&ben, Route::SUBMISSION, &body, "user_id='ada'");
    assert_ne!(refused.code, Some(0));
    assert!(refused.stderr.contains("PRECONDITION_FAILED"), "{}", refused.stderr);
    assert_eq!((fleet.queued("submissions"), books(&fleet)), (0, Vec::new()));
}

#[test]
fn a_body_that_names_another_tenant_changes_nothing() {
    let fleet = Fleet::new().serving(&["all"]);
    let [_, ben] = tenants(&fleet);
    let outline = three_chapters();
    let inside = submission("one", &outline, &json!({"tenant": "ada"}), &json!({}));
    fleet.publish_as(&ben, Route::SUBMISSION, &inside, "user_id='ben'").exits(0);
    fleet.queues("dead", 1);
    let listed = fleet.run(&["dead", "list"]).exits(0).stdout;
    assert!(listed.contains("unknown field `tenant`"), "{listed}");
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
    let outside = submission("one", &outline, &json!({}), &json!({"tenant": "ada", "source": "/ada", "user": "ada"}));
    fleet.publish_as(&ben, Route::SUBMISSION, &outside, "user_id='ben', headers={'x-bindery-user': 'ada'}").exits(0);
    fleet.wait_until("the book is taken in", || !books(&fleet).is_empty());
    let [Owned { tenant, id }] = <[_; 1]>::try_from(books(&fleet)).unwrap();
    assert_eq!(tenant, "ben");
    fleet.finishes(&Ordered { id, outline });
}

#[test]
fn a_dead_letter_that_an_operator_sends_again_is_the_book_of_the_one_who_submitted_it() {
    let mut fleet = Fleet::new();
    fleet.run(&["dead", "list"]).exits(0);
    let [_, ben] = tenants(&fleet);
    let outline = three_chapters();
    let body = submission("one", &outline, &json!({}), &json!({}));
    let claims = "user_id='ben', headers={'x-bindery-user': 'bindery', 'x-bindery-lane': 'chapters'}";
    fleet.publish_as(&ben, Route::SUBMISSION, &body, claims).exits(0);
    fleet.python(RETURNS, &[&fleet.vhost, "bindery.submissions"]).exits(0);
    fleet.queues("dead", 1);
    fleet.run(&["dead", "redrive"]).exits(0).tells(&["sent to submissions again, as ben's"]);
    fleet.keep_serving(&["all"]);
    fleet.wait_until("the book is taken in", || !books(&fleet).is_empty());
    let [Owned { tenant, id }] = <[_; 1]>::try_from(books(&fleet)).unwrap();
    assert_eq!(tenant, "ben");
    fleet.finishes(&Ordered { id, outline });
}

#[test]
fn a_submission_without_a_user_belongs_to_the_tenant_in_the_settings() {
    let mut fleet = Fleet::new().with([("BINDERY_SERVE__TENANT", "in-house")]);
    let [ada, _] = tenants(&fleet);
    let outline = three_chapters();
    let body = submission("one", &outline, &json!({}), &json!({}));
    fleet.keep_serving(&["all"]);
    fleet.publish_as(&ada, Route::SUBMISSION, &body, "").exits(0);
    fleet.publish_as(&ada, Route::SUBMISSION, &body, "user_id='ada'").exits(0);
    fleet.wait_until("both books are taken in", || books(&fleet).len() == 2);
    let [hers, ours] = <[_; 2]>::try_from(books(&fleet)).unwrap();
    assert_eq!([hers.tenant, ours.tenant], ["ada", "in-house"]);
    fleet.finishes(&Ordered { id: hers.id, outline: outline.clone() });
    fleet.finishes(&Ordered { id: ours.id, outline });
}

#[test]
fn an_answer_goes_only_to_a_queue_of_the_sender() {
    let fleet = Fleet::new().serving(&["dispatcher"]);
    let [ada, _] = tenants(&fleet);
    let declare = "import pika, sys\n\
                   channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
                   [channel.queue_declare(name) for name in sys.argv[2:]]\n";
    fleet.python(declare, &[&ada, "ada.answers", "ben.answers"]).exits(0);
    let wrong = submission("", &three_chapters(), &json!({"weight": 99}), &json!({}));
    for (number, (queue, letters)) in [("ada.answers", 0), ("ben.answers", 1), ("ada.gone", 2)].into_iter().enumerate()
    {
        let properties = format!("user_id='ada', reply_to='{queue}', correlation_id='{number}'");
        fleet.publish_as(&ada, Route::SUBMISSION, &wrong, &properties).exits(0);
        fleet.queues("submissions", 0);
        fleet.queues("dead", letters);
    }
    let answers = |queue| fleet.broker.queue(&fleet.vhost, queue).unwrap().ready;
    assert_eq!((answers("ada.answers"), answers("ben.answers")), (1, 0));
    let listed = fleet.run(&["dead", "list"]).exits(0).stdout;
    assert!(listed.contains("request_id:") && listed.contains("weight:"), "{listed}");
    assert!(listed.lines().all(|letter| letter.contains(" ada ")), "the tenant is missing in {listed}");
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
}

#[test]
fn the_path_of_an_outline_names_only_a_book_of_the_same_tenant() {
    let mut fleet = Fleet::new().serving(&["dispatcher"]);
    let [ada, ben] = tenants(&fleet);
    fleet.outline("tides", &three_chapters());
    let as_user = |url: &str, command: &str| fleet.run_with(&[command, "tides.md"], &[("BINDERY_QUEUE__URL", url)]);
    as_user(&ada, "submit").exits(0);
    for command in ["status", "why", "hold", "cancel", "redrive"] {
        as_user(&ben, command).exits(64).tells(&["no book is called `tides.md`"]);
    }
    as_user(&ada, "cancel").exits(0);
    fleet.keep_serving(&["worker"]);
}

/// Returns the patterns in single quotes of a command in the guide.
pub(super) fn patterns<const N: usize>(command: &str) -> [&'static str; N] {
    let mut lines = include_str!("../../docs/fleet.md").lines();
    let line = lines.find(|line| line.starts_with(&format!("rabbitmqctl {command} "))).unwrap();
    let quoted: Vec<&str> = line.split('\'').skip(1).step_by(2).collect();
    quoted.try_into().unwrap()
}

#[test]
fn a_tenant_with_the_permissions_of_the_guide_can_submit_and_hear_of_its_own_books_and_nothing_else() {
    let fleet = Fleet::new().serving(&["all"]);
    let [ada, _] = tenants(&fleet);
    fleet.broker.permit(&fleet.vhost, "ada", patterns("set_permissions"));
    fleet.broker.permit_topics(&fleet.vhost, "ada", "bindery.events", patterns("set_topic_permissions"));
    let outline = three_chapters();
    let body = submission("one", &outline, &json!({}), &json!({}));
    fleet.publish_as(&ada, Route::SUBMISSION, &body, "user_id='ada'").exits(0);
    fleet.wait_until("the book is taken in", || !books(&fleet).is_empty());
    let [Owned { id, .. }] = <[_; 1]>::try_from(books(&fleet)).unwrap();
    fleet.finishes(&Ordered { id, outline });
    let program = "import pika, sys\n\
        channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
        queue = channel.queue_declare('', exclusive=True).method.queue\n";
    let attempt = |line: &str| fleet.python(&format!("{program}{line}\n"), &[&ada]);
    attempt("channel.queue_bind(queue, 'bindery.events', 'book.*.ada')").exits(0);
    for line in [
        "channel.queue_bind(queue, 'bindery.events', 'book.#')",
        "channel.queue_bind(queue, 'bindery.events', 'book.*.ben')",
        "channel.basic_get('bindery.submissions')",
        "channel.queue_purge('bindery.chapters')",
        "channel.queue_delete('bindery.dead')",
        "channel.confirm_delivery(); channel.basic_publish('', 'bindery.chapters', b'{}')",
        "channel.confirm_delivery(); channel.basic_publish('bindery.events', 'book.completed.ben', b'{}')",
    ] {
        let refused = attempt(line);
        assert!(refused.stderr.contains("ACCESS_REFUSED"), "{line}: {}", refused.stderr);
    }
}
