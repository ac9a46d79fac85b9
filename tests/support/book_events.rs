//! The book events that a fleet publishes.

use serde_json::Value;

use super::Fleet;

/// A book event, as a listener receives it.
#[derive(Debug)]
pub(crate) struct BookEvent {
    /// Its name, like `completed`.
    pub(crate) name: String,
    /// Its `traceparent` header; `None` where it has none.
    pub(crate) trace_parent: Option<String>,
    /// The CloudEvent in its body.
    pub(crate) body: Value,
}

impl Fleet {
    /// Binds a queue that receives all book events from now on.
    pub(crate) fn listen(&self) {
        let program = "import pika, sys\n\
                       channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
                       channel.queue_declare('listener', durable=True)\n\
                       channel.queue_bind('listener', 'bindery.events', 'book.#')\n";
        self.python(program, &[&self.vhost]).exits(0);
    }

    /// Takes the book events that have come since the last time, and returns their bodies.
    pub(crate) fn heard(&self) -> Vec<Value> {
        let program = "import pika, sys\n\
                       channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
                       while (taken := channel.basic_get('listener', auto_ack=True))[0]:\n\
                       \x20   print(taken[2].decode())\n";
        self.python(program, &[&self.vhost]).exits(0).values()
    }

    /// Waits for a book event of this name, and returns all that came up to it.
    pub(crate) fn hears(&self, last: &str) -> Vec<BookEvent> {
        let program = "import json, pika, sys\n\
                       channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
                       for method, properties, body in channel.consume('listener', auto_ack=True):\n\
                       \x20   name = method.routing_key.split('.')[1]\n\
                       \x20   trace_parent = (properties.headers or {}).get('traceparent')\n\
                       \x20   print(json.dumps([name, trace_parent, json.loads(body)]))\n\
                       \x20   if name == sys.argv[2]: break\n";
        let lines = self.python(program, &[&self.vhost, last]).exits(0).values();
        let event = |line: Value| {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            BookEvent { name: text(&line[0]).unwrap(), trace_parent: text(&line[1]), body: line[2].clone() }
        };
        lines.into_iter().map(event).collect()
    }
}
