"""Events and streams that do not work."""

from codegen.check.diagnostics import Kind

UNKNOWN_EVENT = Kind(
    "unknown-event",
    "the service `{service}` has no event `{name}`",
    doc="Endpoints, background work and streams name events of their own service.",
)
DUPLICATE_TAG = Kind(
    "duplicate-tag",
    "the tag `{tag}` belongs to `{other}` already",
    "write another `tag:`",
    doc="On the wire an event is known by its tag alone.",
)
ODD_SUBJECT = Kind(
    "odd-subject",
    "the subject `{name}` {problem}",
    "name a required field with a text or a uuid in it",
    doc="The subject says which entity an event happened to; clients select by it.",
)
COALESCE_WITHOUT_SUBJECT = Kind(
    "coalesce-without-subject",
    "`{name}` is to be coalesced, but is about no entity",
    "name the entity with `subject:`, or leave `coalesce` out",
    doc="An event is superseded by a newer one about the same entity.",
)
BAD_LENGTH = Kind(
    "bad-length",
    "{problem}",
    "write a number and its unit, as in `10s`",
    doc="Lengths of time are written with their unit: `500ms`, `10s`, `1m`, `1h`.",
)
HEARTBEAT_MISFIT = Kind(
    "heartbeat-misfit",
    "the heartbeat does not fit its event: {problem}",
    doc="`first` and `then` are complete payloads of the heartbeat's event.",
)
RESET_WITHOUT_REASON = Kind(
    "reset-without-reason",
    "the reset event `{name}` {problem}",
    "its one required field is `reason`, a `str` or an enum",
    doc="A stream that cannot honour a position says why, in the field `reason`, and has nothing "
    "else to say.",
)
RESET_REASONS = Kind(
    "reset-reasons",
    "`{name}` lacks {missing}",
    "add what is missing",
    doc="These are the reasons a stream gives; a reason outside the enum could not be sent.",
)
MISSING_RESET = Kind(
    "missing-reset",
    "the stream `{name}` has no reset event",
    "write `reset:` with an event whose one required field is `reason`, a `str` or an enum",
    doc="Some positions cannot be honoured, and an event that cannot be built still happened.  "
    "Watchers are told to load everything again; silence would lose events.",
)
SEVERAL_RESETS = Kind(
    "several-resets",
    "the stream `{name}` is reset by `{reset}`, but `{other}` by `{first}`",
    "name one event in both",
    doc="The streams of a service read one log.  An event that cannot be built is replaced there "
    "by the reset event, which has to reach the watchers of each.",
)
SELECT_WITHOUT_SUBJECT = Kind(
    "select-without-subject",
    "a client may select by subject, but no event of the stream has one",
    "write `subject:` at the events, or select by `types` alone",
    doc="Selecting by subject would select nothing.",
    severity="warning",
)
OPEN_STREAM_TICKET = Kind(
    "open-stream-ticket",
    "a stream that is open to anyone needs no ticket",
    "remove `ticket`",
    doc="A ticket stands for the caller's rights; where none are needed there is nothing to "
    "stand for.",
)
HIDDEN_EVENT = Kind(
    "hidden-event",
    "`{name}` goes to everybody on the stream `{stream}`, but requires more than the stream does",
    "write at the event what the stream requires, or less",
    doc="Heartbeat and reset go to everybody on the stream: a caller who may not see them could "
    "not tell a silent feed from a dead one.",
)
