//! What listeners are told of books.

use serde_json::Value;

use super::Fleet;

/// One message to listeners.
#[derive(Debug)]
pub(crate) struct News {
    /// What happened, like `completed`.
    pub(crate) event: String,
    /// Its `traceparent` header; none where it has none.
    pub(crate) trace: Option<String>,
    /// The CloudEvent.
    pub(crate) told: Value,
}

impl Fleet {
    /// Has a queue of the broker get all that listeners are told.
    pub(crate) fn listen(&self) {
        let program = "import pika, sys\n\
                       channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
                       channel.queue_declare('news', durable=True)\n\
                       channel.queue_bind('news', 'bindery.events', 'book.#')\n";
        self.python(program, &[&self.vhost]).exits(0);
    }

    /// Returns what listeners were told, once an event of this name has come.
    pub(crate) fn hears(&self, last: &str) -> Vec<News> {
        let program = "import json, pika, sys\n\
                       channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
                       for method, properties, body in channel.consume('news', auto_ack=True):\n\
                       \x20   event = method.routing_key.split('.')[1]\n\
                       \x20   trace = (properties.headers or {}).get('traceparent')\n\
                       \x20   print(json.dumps([event, trace, json.loads(body)]))\n\
                       \x20   if event == sys.argv[2]: break\n";
        let told = self.python(program, &[&self.vhost, last]).exits(0).values();
        let news = |line: Value| {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            News { event: text(&line[0]).unwrap(), trace: text(&line[1]), told: line[2].clone() }
        };
        told.into_iter().map(news).collect()
    }
}
