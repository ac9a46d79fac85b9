//! Is a tenant's book out of every other tenant's reach?

use serde_json::{Value, json};

use crate::support::{Fleet, Ordered, Outline, three_chapters};

const SUBMISSIONS: (&str, &str) = ("bindery.submit", "book.submit");

/// Returns a submission of a book, with more fields in its data and in its envelope.
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

/// Returns the books there are, as (tenant, id).
fn books(fleet: &Fleet) -> Vec<(String, String)> {
    let text = |book: &Value, field: &str| book[field].as_str().unwrap().to_owned();
    let mut books: Vec<_> = fleet.run(&["--json", "books"]).exits(0).values();
    books.sort_by_key(|book| text(book, "tenant"));
    books.iter().map(|book| (text(book, "tenant"), text(book, "id"))).collect()
}

#[test]
fn one_request_id_of_two_tenants_names_two_books() {
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
    assert_eq!(books(&fleet), [("ada".to_owned(), hers.id.clone()), ("ben".to_owned(), his.id)]);
    let after = fleet.finishes(&hers);
    assert_eq!((after.book("terms"), after.book("binding")), (before.book("terms"), before.book("binding")));
}

#[test]
fn nobody_submits_in_another_tenants_name() {
    let fleet = Fleet::new().serving(&["dispatcher"]);
    let [_, ben] = tenants(&fleet);
    let body = submission("one", &three_chapters(), &json!({}), &json!({}));
    let refused = fleet.publish_as(&ben, SUBMISSIONS, &body, "user_id='ada'");
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
    fleet.publish_as(&ben, SUBMISSIONS, &inside, "user_id='ben'").exits(0);
    fleet.queues("dead", 1);
    let listed = fleet.run(&["dead", "list"]).exits(0).stdout;
    assert!(listed.contains("unknown field `tenant`"), "{listed}");
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
    let outside = submission("one", &outline, &json!({}), &json!({"tenant": "ada", "source": "/ada", "user": "ada"}));
    fleet.publish_as(&ben, SUBMISSIONS, &outside, "user_id='ben', headers={'x-bindery-user': 'ada'}").exits(0);
    fleet.wait_until("the book is taken in", || !books(&fleet).is_empty());
    let [(tenant, id)] = <[_; 1]>::try_from(books(&fleet)).unwrap();
    assert_eq!(tenant, "ben");
    fleet.finishes(&Ordered { id, outline });
}

#[test]
fn a_message_that_names_no_user_is_the_books_of_the_fleets_own_tenant_or_nobodys() {
    let mut fleet = Fleet::new().with([("BINDERY_SERVE__TENANT", "in-house")]);
    let [ada, _] = tenants(&fleet);
    let outline = three_chapters();
    let body = submission("one", &outline, &json!({}), &json!({}));
    fleet.keep_serving(&["all"]);
    fleet.publish_as(&ada, SUBMISSIONS, &body, "").exits(0);
    fleet.publish_as(&ada, SUBMISSIONS, &body, "user_id='ada'").exits(0);
    fleet.wait_until("both books are taken in", || books(&fleet).len() == 2);
    let [(hers, id), (ours, other)] = <[_; 2]>::try_from(books(&fleet)).unwrap();
    assert_eq!((hers.as_str(), ours.as_str()), ("ada", "in-house"));
    fleet.finishes(&Ordered { id, outline: outline.clone() });
    fleet.finishes(&Ordered { id: other, outline });
}

#[test]
fn an_answer_goes_to_the_senders_own_queue_and_to_nobody_elses() {
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
        fleet.publish_as(&ada, SUBMISSIONS, &wrong, &properties).exits(0);
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
fn an_outlines_path_names_ones_own_book_alone() {
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

/// Returns the patterns of a command in the guide, which stand between single quotes.
fn patterns<const N: usize>(command: &str) -> [&'static str; N] {
    let mut lines = include_str!("../../docs/fleet.md").lines();
    let line = lines.find(|line| line.starts_with(&format!("rabbitmqctl {command} "))).unwrap();
    let quoted: Vec<&str> = line.split('\'').skip(1).step_by(2).collect();
    quoted.try_into().unwrap()
}

#[test]
fn a_tenant_with_the_rights_of_the_guide_submits_and_hears_of_its_own_books_and_of_nothing_else() {
    let fleet = Fleet::new().serving(&["all"]);
    let [ada, _] = tenants(&fleet);
    fleet.broker.permit(&fleet.vhost, "ada", patterns("set_permissions"));
    fleet.broker.permit_topics(&fleet.vhost, "ada", "bindery.events", patterns("set_topic_permissions"));
    let outline = three_chapters();
    let body = submission("one", &outline, &json!({}), &json!({}));
    fleet.publish_as(&ada, SUBMISSIONS, &body, "user_id='ada'").exits(0);
    fleet.wait_until("the book is taken in", || !books(&fleet).is_empty());
    let [(_, id)] = <[_; 1]>::try_from(books(&fleet)).unwrap();
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
