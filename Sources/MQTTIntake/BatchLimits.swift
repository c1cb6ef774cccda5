/// When a batch is closed and handed over to be committed.
public struct BatchLimits: Hashable, Sendable {
    /// Messages at which a batch is full.
    ///
    /// It may go over by as many as we have publishes in flight, or as one TLS record holds, because
    /// libmosquitto reads that many packets in one go.
    public var messages: Int
    /// Bytes of topics and payloads at which a batch is full; the last message may go over.
    public var bytes: Int
    /// The longest that a batch which is neither empty nor full waits for company.
    ///
    /// It waits only until as much time has passed since the last commit as that took, or the one
    /// before it if that took less: who comes after a quiet while does not wait at all, on a slow disk
    /// batches grow until it keeps up, and one slow commit delays nobody twice.
    public var linger: Duration

    /// Limits for a daemon: 2,000 messages, 4 MiB, 5 ms.
    public init(
        messages: Int = 2000, bytes: Int = 4 << 20, linger: Duration = .milliseconds(5)
    ) {
        precondition(messages > 0 && bytes > 0, "a batch must have room for one message")
        self.messages = messages
        self.bytes = bytes
        self.linger = linger
    }

    /// How long after the end of a commit a batch waits for company, given how long that took and
    /// how long the one before it.
    func wait(lastCommits last: Duration, _ before: Duration) -> Duration {
        max(.zero, min(linger, last, before))
    }

    /// Whether `batch` takes no more.
    func areReached(by batch: MessageBatch) -> Bool {
        batch.messages.count >= messages || batch.bytes.count >= bytes
    }
}
